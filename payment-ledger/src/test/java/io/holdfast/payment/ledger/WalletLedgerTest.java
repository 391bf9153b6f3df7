package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.wallet.CancelRequest;
import io.holdfast.payment.scenario.wallet.ChangeCreditLimit;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.PayRequest;
import io.holdfast.payment.scenario.wallet.RequestMoney;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Wallets and approvals in the real ledger: what crosses its databases, and the audit of what came
 * of it.
 */
final class WalletLedgerTest {

  private static final Caller OLGA = Caller.of("olga", Role.OPERATOR);
  private static final Caller OTTO = Caller.of("otto", Role.OPERATOR);
  private static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);
  private static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  private static final Caller MALLORY = Caller.of("mallory", Role.CUSTOMER);
  private static final Catalogue CATALOGUE =
      new Catalogue(Approvals.over(List.of(new WalletScenario())));
  private static final TwoNodes LEDGER = new TwoNodes();
  private static final AccountId ALICES = LEDGER.account(0, "alice");
  private static final AccountId BOBS = LEDGER.account(1, "bob");
  private static int keys;

  @BeforeAll
  static void wallets() {
    done(OLGA, OpenAccount.wallet(ALICES, "alice", "EUR"));
    done(OLGA, OpenAccount.wallet(BOBS, "bob", "EUR"));
    approved("fund", new Fund.Request(ALICES, 1_000, "EUR", "cash"));
    approved("change-credit-limit", new ChangeCreditLimit.Request(BOBS, 50, "agreed"));
    DocumentId id = id(done(BOB, request(ALICES, BOBS, 300)));
    done(ALICE, new PayRequest.Request(id, ALICES));
    done(ALICE, request(BOBS, ALICES, 7));
  }

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  @Test
  void payRequest_acrossDatabases_movesTheMoney() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(LEDGER.account(ALICES).posted()).isEqualTo(700);
              assertThat(LEDGER.account(BOBS).posted()).isEqualTo(300);
              assertThat(LEDGER.account(BOBS).available()).isEqualTo(350);
            });
  }

  @Test
  void payRequest_intoSomebodyElsesAccountInAnotherDatabase_isRefused() {
    DocumentId id = id(done(MALLORY, request(ALICES, BOBS, 5)));

    assertThat(code(ALICE, new PayRequest.Request(id, ALICES))).contains("unknown-account");
    done(MALLORY, new CancelRequest.Request(id));
  }

  @Test
  void audit_ofWhatWasDone_findsNothing() {
    settled();
    assertThat(violations("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind = 'approval' AND body->>'operation' = 'fund' | {request,amount} | 1001 | 2
          kind = 'approval' AND body->>'operation' = 'fund' | {state} | "PROPOSED" | 3
          kind = 'approval' | {proposer} | "otto" | 2
          kind = 'approval' | {decider} | "oscar" | 1
          kind = 'approval' | {decided} | "2999-01-01T00:00:00Z" | 1
          kind = 'request' AND body->>'state' = 'PAID' | {state} | "DECLINED" | 1
          kind = 'request' AND body->>'state' = 'PAID' | {amount,amount} | 299 | 1
          kind = 'request' AND body->>'state' = 'OPEN' | {state} | "PAID" | 2
          kind = 'request' | {payee} | "mallory" | 1
          """)
  void audit_ofADamagedDocument_findsIt(String which, String where, String what, int rules) {
    settled();
    assertThat(
            violations(
                "UPDATE document SET body = jsonb_set(body, '%s', '%s') WHERE %s"
                    .formatted(where, what, which)))
        .hasSize(rules);
  }

  @Test
  void audit_ofALostDocument_findsIt() {
    settled();
    assertThat(
            violations("DELETE FROM document WHERE kind = 'request' AND body->>'state' = 'PAID'"))
        .hasSize(1);
    assertThat(violations("DELETE FROM document WHERE kind = 'approval'")).hasSize(2);
  }

  @Test
  void audit_ofWhatOneDidAlone_findsIt() {
    settled();
    assertThat(
            violations(
                "INSERT INTO journal SELECT shard, seq + 1000000, at, 'fund', caller, scope, key,"
                    + " transaction, request, hash FROM journal WHERE type = 'propose-fund'"))
        .hasSize(1);
  }

  private static void settled() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> LEDGER.account(BOBS).posted() == 300 && LEDGER.account(ALICES).held() == 0);
  }

  /** The names of the rules that something is wrong by, after a damage that is taken back. */
  private static List<String> violations(String damage) {
    List<String> broken = new ArrayList<>();
    for (DatabaseConfig each : LEDGER.databases.values()) {
      try (Connection connection =
              DriverManager.getConnection(each.url(), each.user(), each.password());
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        if (!damage.isEmpty()) {
          statement.execute(damage);
        }
        for (AuditRule rule : CATALOGUE.audit()) {
          if (!rule.violations(connection).isEmpty() && !broken.contains(rule.name())) {
            broken.add(rule.name());
          }
        }
        connection.rollback();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return broken;
  }

  private static RequestMoney.Request request(AccountId payer, AccountId payee, long amount) {
    return new RequestMoney.Request(
        payer, payee, amount, "EUR", Optional.empty(), OptionalInt.empty());
  }

  private static void approved(String operation, Record request) {
    DocumentId id = id(done(OLGA, request));
    done(
        OTTO,
        operation("approve"),
        Json.read(
            "{\"id\":\"%s\",\"operation\":\"%s\",\"request\":%s}"
                .formatted(id, operation, Json.write(request)),
            operation("approve").request()));
  }

  private static DocumentId id(Reply reply) {
    ObjectNode answer = Json.read(reply.answer(), ObjectNode.class);
    String field = answer.has("approval") ? "approval" : "id";
    return new DocumentId(answer.get(field).asText());
  }

  private static Reply done(Caller caller, Record request) {
    return done(caller, taking(request), request);
  }

  private static Reply done(Caller caller, Operation<?> operation, Record request) {
    Reply reply = ask(caller, operation, request);
    assertThat(reply.refusal()).isEmpty();
    return reply;
  }

  private static Optional<String> code(Caller caller, Record request) {
    return ask(caller, taking(request), request).refusal().map(Refusal::code);
  }

  @SuppressWarnings("unchecked")
  private static <R extends Record> Reply ask(
      Caller caller, Operation<R> operation, Record request) {
    return LEDGER.run(caller, operation, (R) request, "k" + ++keys);
  }

  private static Operation<?> operation(String type) {
    return CATALOGUE.operation(type).orElseThrow();
  }

  private static Operation<?> taking(Record request) {
    return CATALOGUE.operations().stream()
        .filter(each -> each.request() == request.getClass())
        .findAny()
        .orElseThrow();
  }
}
