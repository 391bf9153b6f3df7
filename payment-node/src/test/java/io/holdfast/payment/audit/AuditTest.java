package io.holdfast.payment.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.old.Instruction;
import io.holdfast.payment.old.Receipt;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit finds what was tampered with, and nothing else. */
class AuditTest {

  private static final String TRANSFER = "paid";

  private final Journal journal = new Journal();
  private Bank bank;

  @BeforeEach
  void open() {
    bank = new Bank();
    execute("open-alice", Bank.opening("alice", 1_000));
    execute("open-bob", Bank.opening("bob", 0));
    execute(TRANSFER, Bank.transfer("alice", "bob", 300));
    execute("refused", Bank.transfer("bob", "alice", 301));
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void execute(String key, Instruction instruction) {
    IdempotencyKey name = new IdempotencyKey(key);
    journal.asked(name, instruction);
    Receipt receipt = bank.execute(instruction, name);
    journal.told(name, receipt.refusal().isEmpty() ? Verdict.ACKNOWLEDGED : Verdict.REFUSED);
  }

  private Findings audit() throws SQLException {
    return new Audit(bank.database().connections(), Bank.MAP).run(journal);
  }

  private void meddle(String sql) {
    assertThat(Sql.change(bank.database(), sql)).isPositive();
  }

  @Test
  void run_untouchedLedger_isClean() throws SQLException {
    Findings findings = audit();

    assertThat(findings.clean()).as("%s", findings).isTrue();
    assertThat(findings.acknowledged()).isEqualTo(3);
  }

  @Test
  void run_entryDeleted_findsItLostAndOutOfBalance() throws SQLException {
    meddle("DELETE FROM entry WHERE transfer = 'paid' AND account = 'bob'");

    Findings findings = audit();

    assertThat(findings.clean()).isFalse();
    assertThat(findings.lostAcknowledged()).singleElement().asString().startsWith("paid:");
    assertThat(findings.ledgerSum()).isEqualTo(-300);
    assertThat(findings.unbalancedShards()).hasSize(1);
    assertThat(findings.balanceMismatches()).singleElement().asString().startsWith("bob:");
  }

  @Test
  void run_entryDoubled_findsADuplicateEffect() throws SQLException {
    meddle(
        "INSERT INTO entry (transfer, shard, account, amount) SELECT transfer, shard, account,"
            + " amount FROM entry WHERE transfer = 'paid' AND account = 'bob'");

    Findings findings = audit();

    assertThat(findings.duplicateEffects()).singleElement().asString().startsWith("paid:");
    assertThat(findings.ledgerSum()).isEqualTo(300);
    assertThat(findings.lostAcknowledged()).isEmpty();
  }

  @Test
  void run_acknowledgedTransferDeleted_findsItLost() throws SQLException {
    meddle("DELETE FROM entry WHERE transfer = 'paid'");
    meddle("DELETE FROM transfer WHERE key = 'paid'");
    meddle("UPDATE account SET balance = 1000 WHERE id = 'alice'");
    meddle("UPDATE account SET balance = 0 WHERE id = 'bob'");

    Findings findings = audit();

    assertThat(findings.lostAcknowledged()).singleElement().asString().startsWith("paid:");
    assertThat(findings.ledgerSum()).isZero();
    assertThat(findings.balanceMismatches()).isEmpty();
  }

  @Test
  void run_balanceAltered_findsTheMismatch() throws SQLException {
    meddle("UPDATE account SET balance = balance + 1 WHERE id = 'alice'");

    Findings findings = audit();

    assertThat(findings.balanceMismatches()).singleElement().asString().startsWith("alice:");
    assertThat(findings.clean()).isFalse();
  }

  @Test
  void run_amountAltered_findsItLostAndDuplicated() throws SQLException {
    meddle("UPDATE entry SET amount = sign(amount) * 299 WHERE transfer = 'paid'");

    Findings findings = audit();

    assertThat(findings.lostAcknowledged()).isNotEmpty();
    assertThat(findings.duplicateEffects()).isNotEmpty();
    assertThat(findings.ledgerSum()).isZero();
  }

  @Test
  void run_refusedRequestWithAnEffect_findsIt() throws SQLException {
    meddle("UPDATE transfer SET refusal = NULL WHERE key = 'refused'");

    assertThat(audit().duplicateEffects()).anyMatch(line -> line.startsWith("refused:"));
  }

  @Test
  void run_effectNobodyAskedFor_findsIt() throws SQLException {
    bank.execute(Bank.transfer("alice", "bob", 1), new IdempotencyKey("stray"));

    assertThat(audit().duplicateEffects()).singleElement().asString().startsWith("stray:");
  }

  @Test
  void run_requestWithoutADefiniteAnswer_isUnresolved() throws SQLException {
    journal.asked(new IdempotencyKey("lost-reply"), Bank.transfer("alice", "bob", 5));

    Findings findings = audit();

    assertThat(findings.unresolved()).singleElement().asString().startsWith("lost-reply:");
    assertThat(findings.clean()).isFalse();
  }
}
