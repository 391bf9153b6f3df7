package io.holdfast.payment.scenario.topup;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.LedgerPostgres;
import io.holdfast.payment.ledger.LedgerReader;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.topup.reconciliation.SqlTopUps;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Top-ups in the ledger itself, what its audit says of them, and what a reconciliation reads. */
class TopUpLedgerTest {

  private static final Money TEN = Money.of(1000, "EUR");
  private static final Caller ANN = Caller.of("ann", Role.CUSTOMER);
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final FakeAcquirer ACQUIRER = new FakeAcquirer();
  private static final TopUpScenario SCENARIO = new TopUpScenario(ACQUIRER);

  /** One each, by what it is to become. */
  private static final Map<String, DocumentId> IDS = new HashMap<>();

  private static DatabaseConfig database;
  private static Ledger ledger;

  @BeforeAll
  static void topUp() {
    database = LedgerPostgres.freshDatabase();
    ledger =
        Ledger.open(
            LedgerConfig.of("node", Map.of("a", database))
                .withShards(1)
                .withDeadline(Duration.ofSeconds(30)));
    ledger.seal(new Fence(0, FencingToken.of(new Revision(1))));
    start("processing");
    DocumentId declined = start("declined");
    due(declined, new Charge.Declined("do-not-honor"));
    due(start("succeeded"), FakeAcquirer.approved(TEN));
    DocumentId back = start("chargedback");
    due(back, approved("ch_2", TEN));
    AccountId sink = new AccountId("sink");
    run(OPERATOR, new OpenAccount(), OpenAccount.wallet(sink, "sink", "EUR"), "sink");
    run(
        ANN,
        new Transfer(),
        new Transfer.Request(new AccountId("chargedback"), sink, 700, "EUR"),
        "spent");
    run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(back), "check");
    Charge inParts = FakeAcquirer.chargedBack(TEN, Money.of(400, "EUR"), Money.of(600, "EUR"));
    due(back, inParts);
    due(back, inParts);
    DocumentId reversed = start("reversed", "USD");
    Money dollars = Money.of(1000, "USD");
    Money part = Money.of(400, "USD");
    due(reversed, approved("ch_3", dollars));
    run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(reversed), "check");
    due(reversed, FakeAcquirer.reversed(dollars, part, part));
    due(reversed, FakeAcquirer.reversed(dollars, part, part));
  }

  @AfterAll
  static void close() {
    ledger.close();
  }

  private static Charge approved(String charge, Money amount) {
    return new Charge.Approved(charge, amount, FakeAcquirer.AT, List.of());
  }

  private static <R extends Record> Reply run(
      Caller caller, Operation<R> operation, R request, String key) {
    Reply reply = ledger.execute(caller, operation, request, new IdempotencyKey(key)).join();
    assertThat(reply.refusal()).isEmpty();
    return reply;
  }

  private static DocumentId start(String name) {
    return start(name, "EUR");
  }

  private static DocumentId start(String name, String currency) {
    AccountId account = new AccountId(name);
    run(OPERATOR, new OpenAccount(), OpenAccount.wallet(account, "ann", currency), "open-" + name);
    run(ANN, new StartTopUp(), new StartTopUp.Request(account, 1000, currency, "tok_a"), "start");
    DocumentId id = ledger.reader().documentsOf(account, "topup", "", 10).get(0).id();
    IDS.put(name, id);
    return id;
  }

  private static DocumentId id(String name) {
    return Optional.ofNullable(IDS.get(name)).orElseThrow();
  }

  private static Document<TopUp> document(DocumentId id) {
    LedgerReader.StoredDocument stored = ledger.reader().document(id).orElseThrow();
    return new Document<>(
        id, stored.account(), stored.other(), stored.due(), Json.read(stored.body(), TopUp.class));
  }

  /** Does what is due, twice, as two owners might. */
  @SuppressWarnings("unchecked")
  private static void due(DocumentId id, Charge answer) {
    Document<TopUp> document = document(id);
    for (int twice = 0; twice < 2; twice++) {
      ACQUIRER.then(answer);
      submit(
          ((DueWork<TopUp>) SCENARIO.work().get(0))
              .due(document)
              .toCompletableFuture()
              .join()
              .orElseThrow());
    }
  }

  private static <R extends Record> void submit(Submission<R> submission) {
    run(Caller.SYSTEM, submission.operation(), submission.request(), submission.key().value());
  }

  private static Connection connect() throws SQLException {
    Connection connection =
        DriverManager.getConnection(database.url(), database.user(), database.password());
    connection.setAutoCommit(false);
    return connection;
  }

  private static List<String> violations(Connection connection) throws SQLException {
    List<String> all = new ArrayList<>();
    for (AuditRule rule : SCENARIO.audit()) {
      all.addAll(rule.violations(connection));
    }
    return all;
  }

  @Test
  void due_twice_bookedOnce() {
    assertThat(document(id("succeeded")).body().state()).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(document(id("declined")).body().state()).isEqualTo(TopUp.State.DECLINED);
    assertThat(document(id("chargedback")).body().owed()).isEqualTo(700);
    assertThat(document(id("reversed")).body().state()).isEqualTo(TopUp.State.CHARGEBACK_REVERSED);
    assertThat(ledger.reader().account(new AccountId("reversed")).orElseThrow().posted())
        .isEqualTo(1000);
    assertThat(ledger.reader().account(new AccountId("succeeded")).orElseThrow().posted())
        .isEqualTo(1000);
    assertThat(ledger.reader().account(new AccountId("chargedback")).orElseThrow().posted())
        .isZero();
  }

  @Test
  void audit_booksThatAgree_nothing() throws SQLException {
    try (Connection connection = connect()) {
      assertThat(violations(connection)).isEmpty();
    }
  }

  /** Which document, what of it is set to what, and what is said then. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "succeeded | {amount,amount} | 999 | acquirer of shard 0 holds -1000 EUR, the top-ups say -999",
        "succeeded | {state} | \"PROCESSING\" | acquirer of shard 0 holds -1000 EUR, the top-ups say 0",
        "succeeded | {charge} | null | does not look like it",
        "succeeded | {charge} | \"ch_2\" | charge ch_2 counts for 2 top-ups",
        "succeeded | {unclaimed} | true | unclaimed of shard 0 holds 0 EUR, the top-ups say 1000",
        "succeeded | {card} | \"4111111111111111\" | is SUCCEEDED and does not look like it",
        "declined | {state} | \"SUCCEEDED\" | acquirer of shard 0",
        "declined | {state} | \"LOST\" | is LOST and does not look like it",
        "declined | {declineCode} | null | does not look like it",
        "processing | {charge} | \"ch_9\" | does not look like it",
        "chargedback | {chargebacks,0,owed,amount} | 0 | chargebacks of shard 0 holds -700 EUR",
        "chargedback | {chargebacks,0,amount,amount} | 900 | acquirer of shard 0 holds -1000 EUR",
        "chargedback | {chargebacks,0,amount,amount} | 1001 | is CHARGED_BACK and does not look",
        "chargedback | {chargebacks,0,owed,amount} | -1 | is CHARGED_BACK and does not look",
        "chargedback | {chargebacks,1,dispute} | \"cb_1\" | is CHARGED_BACK and does not look",
        "chargedback | {chargebacks} | [] | does not look like it",
        "chargedback | {chargebacks,1,refused} | \"why\" | acquirer of shard 0 holds -1000 EUR",
        "reversed | {chargebacks,0,reversal} | null | acquirer of shard 0 holds -1000 USD, the top-ups say -600",
        "reversed | {chargebacks,0,reversal,amount,amount} | 401 | is CHARGEBACK_REVERSED and does not look",
        "reversed | {chargebacks,0,reversal,amount,amount} | 300 | is CHARGEBACK_REVERSED and does not look",
        "reversed | {chargebacks,0,reversal,unclaimed,amount} | 400 | unclaimed of shard 0 holds 0 USD, the top-ups say 400",
        "reversed | {chargebacks,0,reversal,refused} | \"why\" | acquirer of shard 0 holds -1000 USD",
        "reversed | {chargebacks,0,owed,amount} | 1 | is CHARGEBACK_REVERSED and does not look",
        "reversed | {state} | \"SUCCEEDED\" | is SUCCEEDED and does not look",
        "reversed | {state} | \"CHARGED_BACK\" | is CHARGED_BACK and does not look",
      })
  void audit_damagedDocument_isFound(String which, String path, String value, String said)
      throws SQLException {
    try (Connection connection = connect();
        Statement damage = connection.createStatement()) {
      int damaged =
          damage.executeUpdate(
              "UPDATE document SET body = jsonb_set(body, '%s', '%s') WHERE id = '%s'"
                  .formatted(path, value, id(which)));
      assertThat(damaged).isEqualTo(1);
      assertThat(violations(connection))
          .anySatisfy(violation -> assertThat(violation).contains(said));
      connection.rollback();
    }
  }

  @Test
  void audit_lostDocumentOrForgottenDue_isFound() throws SQLException {
    try (Connection connection = connect();
        Statement damage = connection.createStatement()) {
      damage.execute("UPDATE document SET due = NULL");
      assertThat(violations(connection)).hasSize(2);
      damage.execute("DELETE FROM document");
      assertThat(violations(connection)).hasSize(3);
      connection.rollback();
    }
  }

  @Test
  void sqlTopUps_day_readsThoseOfTheDay() throws Exception {
    SqlTopUps books = new SqlTopUps(List.of(database));
    Map<DocumentId, TopUp> found = new HashMap<>();

    books.forEach(LocalDate.parse("2026-01-31"), found::put);
    assertThat(found.keySet())
        .containsExactlyInAnyOrder(id("succeeded"), id("chargedback"), id("reversed"));
    books.forEach(
        LocalDate.parse("2026-01-30"),
        (id, topUp) -> {
          throw new AssertionError(id.value());
        });
    Map<DocumentId, TopUp> unknown = new HashMap<>();
    books.forEach(
        LocalDate.ofInstant(document(id("processing")).body().requestedAt(), UTC), unknown::put);
    assertThat(unknown.keySet()).containsExactly(id("processing"));
    assertThat(books.find(id("declined"))).contains(document(id("declined")).body());
    assertThat(books.find(DocumentId.of("topup", 0, "0".repeat(26)))).isEmpty();
  }

  /** Left behind by a move until it is cleared away; the shard is elsewhere, or was just read. */
  @Test
  void sqlTopUps_shardNotHere_isNotReadAndMissed() throws Exception {
    SqlTopUps books = new SqlTopUps(List.of(database));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE shard SET state = 'MOVED', moved_to = 'b' WHERE shard = 0");
      connection.commit();
      try {
        assertThatThrownBy(() -> books.forEach(LocalDate.parse("2026-01-31"), (id, topUp) -> {}))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("shards were found");
        assertThat(books.find(id("declined"))).isEmpty();
      } finally {
        statement.execute("UPDATE shard SET state = 'HERE', moved_to = NULL WHERE shard = 0");
        connection.commit();
      }
    }
    assertThatThrownBy(
            () ->
                new SqlTopUps(List.of(database, database))
                    .forEach(LocalDate.parse("2026-01-31"), (id, topUp) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in two databases");
  }
}
