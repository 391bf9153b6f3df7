package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Journal, entries and accounts. Of a the shards are the even ones, of b the odd ones. */
@ResourceLock(AuditedBooks.LOCK)
class AuditTest {

  private static final String A0 = " a, shard 0";
  private static final AuditedBooks BOOKS = AuditedBooks.made();
  private Damage damage;

  @BeforeEach
  void begin() throws SQLException {
    damage = new Damage(BOOKS);
  }

  @AfterEach
  void undo() throws SQLException {
    damage.close();
  }

  private String alice() {
    return BOOKS.alice.value();
  }

  private String account(String change) {
    return "UPDATE account SET " + change + " WHERE shard = 0 AND id = '" + alice() + "'";
  }

  private long local() throws SQLException {
    return damage.seq("a", 0, "local");
  }

  @Test
  void run_booksAtRest_findsNothingAndHasLookedAtAllOfIt() throws SQLException {
    Findings findings = BOOKS.audit().run(BOOKS.clients);
    assertThat(findings.found()).isEmpty();
    assertThat(findings.isClean()).isTrue();
    for (Check check : Check.values()) {
      if (check != Check.LOCK && check != Check.UNKNOWN) {
        assertThat(findings.looked(check)).as("%s", check).isPositive();
      }
    }
    assertThat(damage.findings()).isEqualTo(findings);
  }

  @Test
  void run_nothingInTheBooks_isNotClean() throws SQLException {
    for (String database : List.of("a", "b")) {
      for (String table : List.of("journal", "entry", "account", "operation")) {
        damage.change(database, "DELETE FROM " + table);
      }
      damage.execute(database, "DELETE FROM document").execute(database, "DELETE FROM hold");
      damage.change(database, "UPDATE shard SET seq = 0, hash = ''");
    }
    Findings findings = damage.findings();
    assertThat(findings.wrong().keySet()).containsExactly(Check.ACKNOWLEDGED);
    assertThat(new Findings(findings.looked(), Map.of(), List.of()).isClean()).isFalse();
    assertThat(findings.unseen()).contains(Check.CHAIN, Check.POSTED, Check.OPERATION);
    assertThat(findings.lines()).anyMatch(line -> line.contains("NOT SEEN"));
  }

  @Test
  void run_amountOfAnEntryChanged_findsAllThatDependsOnIt() throws SQLException {
    damage.change(
        "a",
        "UPDATE entry SET amount = -299 WHERE shard = 0 AND seq = ? AND amount = -300",
        local());
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN" + A0,
            "EFFECT_BALANCE" + A0,
            "SHARD_BALANCE" + A0,
            "RUNNING_BALANCE" + A0,
            "POSTED" + A0,
            "ACKNOWLEDGED clients",
            "ACKNOWLEDGED clients");
  }

  @Test
  void run_bothLegsChanged_findsThatTheyAreNotWhatWasBooked() throws SQLException {
    damage.change(
        "a", "UPDATE entry SET amount = sign(amount) * 299 WHERE shard = 0 AND seq = ?", local());
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN" + A0,
            "RUNNING_BALANCE" + A0,
            "RUNNING_BALANCE" + A0,
            "POSTED" + A0,
            "POSTED" + A0,
            "ACKNOWLEDGED clients",
            "ACKNOWLEDGED clients");
  }

  @Test
  void run_entryRemoved_findsAllThatDependsOnIt() throws SQLException {
    damage.change("a", "DELETE FROM entry WHERE shard = 0 AND seq = ? AND amount = 300", local());
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN" + A0,
            "EFFECT_BALANCE" + A0,
            "SHARD_BALANCE" + A0,
            "RUNNING_BALANCE" + A0,
            "POSTED" + A0,
            "ACKNOWLEDGED clients");
  }

  @Test
  void run_entriesOfARowThatIsNotThere_findsThem() throws SQLException {
    damage.change("a", "UPDATE shard SET seq = seq + 1 WHERE shard = 0");
    damage.change(
        "a",
        "INSERT INTO entry SELECT shard, seq, n, 'equity:0:EUR', 'EUR', 5 - 10 * n"
            + " FROM shard, generate_series(0, 1) n WHERE shard = 0");
    assertThat(damage.found()).containsExactlyInAnyOrder("CHAIN" + A0, "CHAIN" + A0, "CHAIN" + A0);
  }

  @Test
  void run_currencyOfEntriesChanged_findsThem() throws SQLException {
    damage.change("a", "UPDATE entry SET currency = 'USD' WHERE shard = 0 AND seq = ?", local());
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN" + A0,
            "POSTED" + A0,
            "POSTED" + A0,
            "ACKNOWLEDGED clients",
            "ACKNOWLEDGED clients");
  }

  @Test
  void run_requestInTheJournalChanged_findsTheRow() throws SQLException {
    long seq = local();
    damage.change("a", "UPDATE journal SET request = '{}' WHERE shard = 0 AND seq = ?", seq);
    assertThat(damage.findings().found())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.check()).isEqualTo(Check.CHAIN);
              assertThat(found.what()).startsWith("row " + seq + ", transfer 'local' of alice");
            });
  }

  @Test
  void run_timeInTheJournalChanged_findsTheRow() throws SQLException {
    damage.change(
        "a", "UPDATE journal SET at = at + interval '1us' WHERE shard = 0 AND seq = ?", local());
    assertThat(damage.found()).containsExactly("CHAIN" + A0);
  }

  @Test
  void run_hashOfARowChanged_findsItOnce() throws SQLException {
    damage.change(
        "a", "UPDATE journal SET hash = sha256(hash) WHERE shard = 0 AND seq = ?", local());
    assertThat(damage.found()).containsExactly("CHAIN" + A0);
  }

  @Test
  void run_rowWrittenAnewWithItsHash_findsThatTheNextFollowedAnother() throws SQLException {
    long seq = local();
    damage.change("a", "UPDATE journal SET request = '{}' WHERE shard = 0 AND seq = ?", seq);
    damage.rehash("a", 0, seq);
    assertThat(damage.findings().found())
        .singleElement()
        .satisfies(found -> assertThat(found.what()).startsWith("row " + (seq + 1) + ","));
  }

  @Test
  void run_lastRowWrittenAnewWithItsHash_findsThatTheShardSaysAnother() throws SQLException {
    damage.change("a", "UPDATE journal SET request = '{}' WHERE shard = 0 AND key = 'last'");
    damage.rehash("a", 0, damage.seq("a", 0, "last"));
    assertThat(damage.findings().found())
        .singleElement()
        .satisfies(found -> assertThat(found.what()).startsWith("the shard says another hash"));
  }

  @Test
  void run_rowRemoved_findsTheGap() throws SQLException {
    long seq = local();
    damage.change("a", "DELETE FROM entry WHERE shard = 0 AND seq = ?", seq);
    damage.change("a", "DELETE FROM journal WHERE shard = 0 AND seq = ?", seq);
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN" + A0,
            "RUNNING_BALANCE" + A0,
            "RUNNING_BALANCE" + A0,
            "POSTED" + A0,
            "POSTED" + A0,
            "OPERATION" + A0,
            "ACKNOWLEDGED clients",
            "ACKNOWLEDGED clients");
  }

  @Test
  void run_lastRowRemoved_findsThatTheShardWasFurther() throws SQLException {
    // That erik's account was opened and closed is all that shard 4 has: no entries.
    damage.change("a", "DELETE FROM journal WHERE shard = 4 AND key = 'close'");
    assertThat(damage.found())
        .containsExactlyInAnyOrder("CHAIN a, shard 4", "OPERATION a, shard 4");
  }

  @Test
  void run_balanceOfAnEntryChanged_findsTheEntry() throws SQLException {
    damage.change(
        "a",
        "UPDATE entry SET balance = balance + 1 WHERE shard = 0 AND account = ?"
            + " AND seq = (SELECT max(seq) FROM entry WHERE shard = 0 AND account = ?)",
        alice(),
        alice());
    assertThat(damage.found()).containsExactly("RUNNING_BALANCE" + A0);
  }

  @Test
  void run_postedChanged_findsTheAccount() throws SQLException {
    damage.change("a", account("posted = posted + 1"));
    assertThat(damage.findings().found())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.check()).isEqualTo(Check.POSTED);
              assertThat(found.what()).startsWith("posted of " + alice() + " is ");
            });
  }

  @Test
  void run_postedOfASystemAccountChanged_findsIt() throws SQLException {
    damage.change("b", "UPDATE account SET posted = posted - 1 WHERE id = 'clearing:1:EUR'");
    assertThat(damage.found()).containsExactly("POSTED b, shard 1");
  }

  @Test
  void run_accountRemoved_findsItsEntries() throws SQLException {
    damage.change("b", "DELETE FROM account WHERE id = ?", BOOKS.gus.value());
    assertThat(damage.found()).containsExactly("POSTED b, shard 3");
  }

  @Test
  void run_heldChanged_findsTheAccount() throws SQLException {
    damage.change("a", account("held = held + 1"));
    assertThat(damage.found()).containsExactly("HELD" + A0);
  }

  @Test
  void run_holdRemoved_findsTheAccount() throws SQLException {
    damage.change("a", "DELETE FROM hold WHERE account = ?", alice());
    assertThat(damage.found()).containsExactlyInAnyOrder("HELD" + A0, "RULE a");
  }

  @Test
  void run_incomingChanged_findsTheAccount() throws SQLException {
    damage.change("a", account("incoming = incoming + 1"));
    assertThat(damage.found()).containsExactly("INCOMING" + A0);
  }

  @Test
  void run_overdrawnByAHold_findsTheAccount() throws SQLException {
    damage.execute("a", "ALTER TABLE account DROP CONSTRAINT account_not_overdrawn");
    damage.change("a", account("held = held + 1000"));
    damage.change("a", "INSERT INTO hold VALUES (0, 'h', ?, 1000)", alice());
    assertThat(damage.found()).containsExactly("AVAILABLE" + A0);
  }

  @Test
  void run_closedWithMoneyInIt_findsTheAccount() throws SQLException {
    damage.execute("a", "ALTER TABLE account DROP CONSTRAINT account_closed_is_empty");
    damage.change("a", account("status = 'CLOSED'"));
    assertThat(damage.found()).containsExactly("CLOSED" + A0);
  }
}
