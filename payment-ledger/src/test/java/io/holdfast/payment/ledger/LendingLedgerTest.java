package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.scenario.lending.ApplyForLoan;
import io.holdfast.payment.scenario.lending.ApproveLoan;
import io.holdfast.payment.scenario.lending.CollectInstalment;
import io.holdfast.payment.scenario.lending.DayCount;
import io.holdfast.payment.scenario.lending.DisburseLoan;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.lending.Loan;
import io.holdfast.payment.scenario.lending.PayOffLoan;
import io.holdfast.payment.scenario.lending.RepayLoan;
import io.holdfast.payment.scenario.lending.RepaymentKind;
import io.holdfast.payment.scenario.lending.WriteOffLoan;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Lending in a ledger on PostgreSQL: what the ledger adds, and that the audit sees its tables. */
final class LendingLedgerTest {

  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  private static final DatabaseConfig DATABASE = LedgerPostgres.freshDatabase();
  private static Instant now = Instant.parse("2027-01-31T12:00:00Z");
  private static final Ledger LEDGER =
      Ledger.open(LedgerConfig.of("node", Map.of("a", DATABASE)).withShards(1), () -> now);
  private static int keys;

  static {
    LEDGER.seal(new Fence(0, FencingToken.of(new Revision(1))));
  }

  private final LendingScenario lending = new LendingScenario();

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  @Test
  void loans_inTheLedger_areCollectedOncePaidOffAndWrittenOffAndTheAuditAgrees()
      throws SQLException {
    AccountId good = account("good");
    AccountId bad = account("bad");
    DocumentId collected = disbursed(good);
    DocumentId lost = disbursed(bad);
    run(BOB, new Transfer(), new Transfer.Request(bad, good, 120_000, "EUR"));

    now = Instant.parse("2027-02-28T00:00:00Z");
    Submission<?> due = due(collected);
    Reply first = submit(due);
    Reply again = submit(due);
    run(
        Caller.SYSTEM,
        new CollectInstalment(),
        new CollectInstalment.Request(collected, good, LocalDate.parse("2027-02-28")));
    submit(due(lost));
    assertThat(again.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(again.answer()).isEqualTo(first.answer());
    assertThat(posted(good)).isEqualTo(240_000 - 20_706);
    assertThat(stored(lost).due()).contains(Instant.parse("2027-03-01T00:00:00Z"));
    assertThat(violations()).isEmpty();

    now = Instant.parse("2027-05-29T00:00:00Z");
    submit(due(lost));
    run(OPERATOR, new WriteOffLoan(), new WriteOffLoan.Request(lost, "gone"));
    run(BOB, new PayOffLoan(), new PayOffLoan.Request(collected));
    assertThat(loan(collected).state()).isEqualTo(Loan.State.CLOSED);
    assertThat(loan(lost).booked().writtenOff()).isEqualTo(120_000);
    assertThat(stored(collected).due()).isEmpty();
    assertThat(violations()).isEmpty();

    run(BOB, new Transfer(), new Transfer.Request(good, bad, 50_000, "EUR"));
    run(BOB, new RepayLoan(), new RepayLoan.Request(lost, 50_000, "EUR"));
    assertThat(posted(bad)).isZero();
    assertThat(loan(lost).booked().recovered()).isEqualTo(50_000);
    assertThat(violations()).isEmpty();

    damage("UPDATE document SET body = jsonb_set(body, '{booked,interestPaid}', '1')");
    assertThat(violations()).singleElement().asString().contains("'interest'");
  }

  private static AccountId account(String name) {
    AccountId id = new AccountId(name);
    run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, "bob", "EUR"));
    return id;
  }

  private static DocumentId disbursed(AccountId account) {
    run(
        BOB,
        new ApplyForLoan(),
        new ApplyForLoan.Request(
            account, 120_000, "EUR", 1200, 6, RepaymentKind.ANNUITY, DayCount.THIRTY_360));
    DocumentId id = LEDGER.reader().documentsOf(account, Loan.KIND.name(), "", 10).get(0).id();
    run(OPERATOR, new ApproveLoan(), new ApproveLoan.Request(id, 120_000, "EUR", 1200, 500, 3));
    run(OPERATOR, new DisburseLoan(), new DisburseLoan.Request(id));
    return id;
  }

  private static <R extends Record> void run(Caller caller, Operation<R> operation, R request) {
    Reply reply =
        LEDGER.execute(caller, operation, request, new IdempotencyKey("k" + ++keys)).join();
    assertThat(reply.refusal()).isEmpty();
  }

  private Submission<?> due(DocumentId id) {
    @SuppressWarnings("unchecked")
    DueWork<Loan> work = (DueWork<Loan>) lending.work().get(0);
    LedgerReader.StoredDocument stored = stored(id);
    Document<Loan> document =
        new Document<>(id, stored.account(), stored.other(), stored.due(), loan(id));
    return work.due(document).toCompletableFuture().join().orElseThrow();
  }

  private static <R extends Record> Reply submit(Submission<R> asked) {
    Reply reply =
        LEDGER.execute(Caller.SYSTEM, asked.operation(), asked.request(), asked.key()).join();
    assertThat(reply.refusal()).isEmpty();
    return reply;
  }

  private static LedgerReader.StoredDocument stored(DocumentId id) {
    return LEDGER.reader().document(id).orElseThrow();
  }

  private static Loan loan(DocumentId id) {
    return Json.read(stored(id).body(), Loan.class);
  }

  private static long posted(AccountId id) {
    return LEDGER.reader().account(id).orElseThrow().posted();
  }

  private List<String> violations() throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = connect()) {
      for (AuditRule rule : lending.audit()) {
        all.addAll(rule.violations(connection));
      }
    }
    return all;
  }

  private static void damage(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(DATABASE.url(), DATABASE.user(), DATABASE.password());
  }
}
