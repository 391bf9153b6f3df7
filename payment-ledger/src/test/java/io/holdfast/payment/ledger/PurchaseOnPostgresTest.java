package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.scenario.purchase.AuthorisePayment;
import io.holdfast.payment.scenario.purchase.CancelPayment;
import io.holdfast.payment.scenario.purchase.CaptureMode;
import io.holdfast.payment.scenario.purchase.CapturePayment;
import io.holdfast.payment.scenario.purchase.Checkout;
import io.holdfast.payment.scenario.purchase.CreateCheckout;
import io.holdfast.payment.scenario.purchase.FeeTerms;
import io.holdfast.payment.scenario.purchase.Merchant;
import io.holdfast.payment.scenario.purchase.PaymentNotice;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.purchase.RefundPayment;
import io.holdfast.payment.scenario.purchase.SetMerchantTerms;
import io.holdfast.payment.scenario.purchase.SettleDay;
import io.holdfast.payment.scenario.purchase.Settlement;
import io.holdfast.payment.scenario.purchase.Takings;
import io.holdfast.payment.scenario.purchase.TakingsQuery;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Online payment over two databases: payers in shard 0, the merchant in shard 1. */
class PurchaseOnPostgresTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);
  private static final Caller SHOP = Caller.of("shop", Role.MERCHANT);
  private static final LedgerIdentity IDENTITY = LEDGER.nodes.get(0).identity();
  private static final PurchaseScenario SCENARIO =
      new PurchaseScenario(
          new ShardMap(TwoNodes.SHARDS),
          IDENTITY,
          (merchant, after, until, terms) -> CompletableFuture.failedFuture(new SQLException()));
  private static final AccountId PAYER = LEDGER.account(0, "alice");
  private static final AccountId TILL = LEDGER.account(1, "till");
  private static int keys;

  static {
    ask(OPERATOR, OpenAccount.wallet(PAYER, "alice", "EUR"), new OpenAccount());
    ask(
        OPERATOR,
        new OpenAccount.Request(
            TILL,
            "shop",
            "EUR",
            Optional.of(AccountType.MERCHANT),
            OptionalLong.empty(),
            OptionalLong.empty()),
        new OpenAccount());
    ask(OPERATOR, new Fund.Request(PAYER, 1_000_000, "EUR", "a test"), new Fund());
    ask(OPERATOR, new SetMerchantTerms.Request(TILL, 150, 25));
  }

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static <R extends Record> Reply ask(Caller caller, R request, Operation<R> operation) {
    return LEDGER.run(caller, operation, request, "key-" + ++keys);
  }

  @SuppressWarnings("unchecked")
  private static <R extends Record> String ask(Caller caller, R request) {
    for (Operation<?> each : SCENARIO.operations()) {
      if (each.request() == request.getClass()) {
        Reply reply = ask(caller, request, (Operation<R>) each);
        assertThat(reply.refusal()).isEmpty();
        return reply.answer();
      }
    }
    throw new IllegalArgumentException("nothing takes " + request);
  }

  private static Checkout checkout(CaptureMode mode) {
    return Json.read(
        ask(
            SHOP,
            new CreateCheckout.Request(
                TILL,
                4_000,
                "EUR",
                "order",
                Optional.empty(),
                Optional.of(mode),
                OptionalInt.empty(),
                OptionalInt.empty())),
        Checkout.class);
  }

  private static DocumentId authorise(CaptureMode mode) {
    return payment(ask(ALICE, new AuthorisePayment.Request(PAYER, checkout(mode))));
  }

  private static DocumentId payment(String answer) {
    return Json.read(answer, PaymentNotice.class).payment();
  }

  /** Branches end a little after the answer. */
  private static void awaitRest() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                count("SELECT count(*) FROM branch") == 0
                    && count("SELECT count(*) FROM document WHERE locked_by IS NOT NULL") == 0);
  }

  private static long count(String sql) throws SQLException {
    long sum = 0;
    for (DatabaseConfig each : LEDGER.databases.values()) {
      try (Connection connection = open(each);
          Statement statement = connection.createStatement();
          var rows = statement.executeQuery(sql)) {
        rows.next();
        sum += rows.getLong(1);
      }
    }
    return sum;
  }

  private static Connection open(DatabaseConfig config) throws SQLException {
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  /** What the rules find in both databases, after this damage, which is undone again. */
  private static List<String> violations(String damage) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection a = damaged("a", damage);
        Connection b = damaged("b", damage)) {
      for (AuditRule rule : SCENARIO.audit()) {
        List<String> wrong = new ArrayList<>(rule.violations(a));
        wrong.addAll(rule.violations(b));
        wrong.addAll(rule.violationsAcross(List.of(a, b)));
        wrong.forEach(what -> found.add(rule.name() + ": " + what));
      }
      a.rollback();
      b.rollback();
    }
    return found;
  }

  private static Connection damaged(String database, String damage) throws SQLException {
    Connection connection = open(Objects.requireNonNull(LEDGER.databases.get(database)));
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      // As whoever writes to the tables behind the ledger's back.
      statement.execute("SET session_replication_role = replica");
      if (!damage.isEmpty()) {
        statement.execute(damage);
      }
    }
    return connection;
  }

  private static void doSomeBusiness() {
    ask(SHOP, new CapturePayment.Request(authorise(CaptureMode.MANUAL), 1_500, "EUR", no()));
    ask(SHOP, new CancelPayment.Request(authorise(CaptureMode.MANUAL)));
    DocumentId all = authorise(CaptureMode.AUTOMATIC);
    ask(SHOP, new RefundPayment.Request(all, 700, "EUR"));
    ask(SHOP, new RefundPayment.Request(all, 300, "EUR"));
    awaitRest();
  }

  private static Optional<Boolean> no() {
    return Optional.empty();
  }

  @Test
  void payments_overTwoDatabases_areBookedSettledAndAuditedClean() throws Exception {
    long before = LEDGER.account(PAYER).posted();
    long held = LEDGER.account(PAYER).held();
    long till = LEDGER.account(TILL).posted();
    doSomeBusiness();
    assertThat(LEDGER.account(PAYER).posted()).isEqualTo(before - 1_500 - 3_000);
    assertThat(LEDGER.account(PAYER).held()).isEqualTo(held + 2_500);
    assertThat(LEDGER.account(TILL).posted()).isEqualTo(till + 1_500 + 3_000);
    assertThat(violations("")).isEmpty();

    Settlement settlement = settle();
    Takings takings = settlement.takings();
    assertThat(takings.captured() - takings.refunded()).isEqualTo(till + 4_500);
    assertThat(settlement.paid() + settlement.charged()).isEqualTo(till + 4_500);
    assertThat(LEDGER.account(TILL).posted()).isZero();
    assertThat(violations("")).isEmpty();
  }

  /** The day that is next, up to now. */
  private static Settlement settle() throws SQLException {
    Merchant merchant =
        Json.read(
            LEDGER
                .nodes
                .get(1)
                .reader()
                .document(Merchant.idOf(TILL, new ShardMap(TwoNodes.SHARDS)))
                .orElseThrow()
                .body(),
            Merchant.class);
    FeeTerms terms = merchant.fees();
    try (Connection connection = open(Objects.requireNonNull(LEDGER.databases.get("b")))) {
      Takings takings =
          TakingsQuery.read(connection, 1, TILL, 0, Instant.now().plus(Duration.ofHours(1)), terms);
      assertThat(TakingsQuery.read(connection, 1, TILL, 0, Instant.EPOCH, terms))
          .isEqualTo(new Takings(0, 0, 0, 0, 0, 0));
      return Json.read(
          ask(Caller.SYSTEM, new SettleDay.Request(TILL, merchant.nextDay(), 0, terms, takings)),
          Settlement.class);
    }
  }

  /** One in the merchant's shard, one beside it, others in another database; each asks twice. */
  @ParameterizedTest
  @EnumSource(CaptureMode.class)
  void authorise_manyPayersAtOnce_onePaysAndTheOthersAreRefused(CaptureMode mode) throws Exception {
    List<AccountId> payers = new ArrayList<>();
    for (int shard : List.of(0, 1, 2, 3)) {
      AccountId payer = LEDGER.account(shard, "payer-" + ++keys);
      ask(OPERATOR, OpenAccount.wallet(payer, "alice", "EUR"), new OpenAccount());
      ask(OPERATOR, new Fund.Request(payer, 10_000, "EUR", "a test"), new Fund());
      payers.add(payer);
    }
    long till = LEDGER.account(TILL).posted();
    Checkout checkout = checkout(mode);
    List<Reply> replies = askAtOnce(payers, checkout);
    List<Reply> done = replies.stream().filter(each -> each.refusal().isEmpty()).toList();
    assertThat(done).hasSize(1);
    assertThat(replies.stream().flatMap(each -> each.refusal().stream()).map(Refusal::code))
        .hasSize(7)
        .containsOnly("checkout-used");
    awaitRest();
    long free = 0;
    for (AccountId payer : payers) {
      free += LEDGER.account(payer).available();
    }
    assertThat(free).isEqualTo(36_000);
    boolean moved = mode == CaptureMode.AUTOMATIC;
    assertThat(LEDGER.account(TILL).posted()).isEqualTo(till + (moved ? 4_000 : 0));
    assertThat(violations("")).isEmpty();
    if (!moved) {
      ask(SHOP, new CancelPayment.Request(payment(done.get(0).answer())));
      ask(ALICE, new AuthorisePayment.Request(payers.get(0), checkout));
      awaitRest();
      assertThat(violations("")).isEmpty();
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Reply> askAtOnce(List<AccountId> payers, Checkout checkout) {
    Operation<AuthorisePayment.Request> authorise =
        (Operation<AuthorisePayment.Request>)
            SCENARIO.operations().stream()
                .filter(each -> each.request() == AuthorisePayment.Request.class)
                .findFirst()
                .orElseThrow();
    List<CompletableFuture<Reply>> asked = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (AccountId payer : payers) {
        asked.add(
            LEDGER.ask(
                ALICE, authorise, new AuthorisePayment.Request(payer, checkout), "race-" + ++keys));
      }
    }
    return asked.stream().map(CompletableFuture::join).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM document WHERE kind = 'checkout'",
        "UPDATE document SET body = jsonb_set(body, '{payment}', '\"pay_x\"')"
            + " WHERE kind = 'checkout'",
        // A second payment of the same checkout.
        "INSERT INTO document (shard, id, kind, account, due, body, changed)"
            + " SELECT shard, id || 'x', kind, account, due, body, changed FROM document"
            + " WHERE kind = 'pay' AND body->>'captured' = '1500'",
        "DELETE FROM document WHERE kind = 'pay' AND body->>'captured' = '1500'",
      })
  void audit_checkoutAndPaymentThatDoNotFit_isFound(String damage) throws Exception {
    doSomeBusiness();
    assertThat(violations(damage)).anyMatch(each -> each.startsWith("checkouts: "));
  }

  @Test
  void audit_capturedAtOnceWithoutMoney_isFound() throws Exception {
    doSomeBusiness();
    assertThat(
            violations(
                "UPDATE document SET body = jsonb_set(jsonb_set(body, '{captured}', '3000'),"
                    + " '{authorised}', '3000') WHERE body->>'capture' = 'AUTOMATIC'"))
        .anyMatch(each -> each.contains("captured at once"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "refunded <= captured; refunded; kind = 'pay' AND body->>'state' = 'CAPTURED'; 9999",
        "went out of the payers'; captured; kind = 'pay' AND body->>'captured' = '1500'; 1400",
        "what is open is held; authorised; kind = 'pay' AND body->>'captured' = '1500'; 3999",
        "are carried on; carried; kind = 'merchant'; 1",
        "what was booked; through; kind = 'merchant'; 1000000",
      })
  void audit_oneFigureChanged_isFound(String rule, String field, String where, String value)
      throws Exception {
    doSomeBusiness();
    assertThat(
            violations(
                "UPDATE document SET body = jsonb_set(body, '{%s}', '%s') WHERE %s"
                    .formatted(field, value, where)))
        .anyMatch(each -> each.contains(rule));
  }

  @Test
  void audit_holdLost_isFound() throws Exception {
    doSomeBusiness();
    assertThat(violations("DELETE FROM hold WHERE id LIKE 'pay%'"))
        .anyMatch(each -> each.contains("held is 0"));
  }

  @Test
  void audit_settlementWithoutMoney_isFound() throws Exception {
    String settlement =
        "INSERT INTO document (shard, id, kind, account, body, changed) VALUES (1, 'settle_x',"
            + " 'settle', '%s', '{\"currency\": \"EUR\", \"paid\": 5, \"charged\": 0,"
            + " \"takings\": {\"captured\": 5, \"refunded\": 0, \"fees\": 0}}', now())";
    assertThat(violations(settlement.formatted(TILL)))
        .anyMatch(each -> each.contains("'payout' and 'fees'"));
  }
}
