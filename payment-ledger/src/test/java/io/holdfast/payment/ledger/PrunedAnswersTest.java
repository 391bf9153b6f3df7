package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Old answers are forgotten, and that something was asked never is. */
class PrunedAnswersTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static AccountId from;
  private static AccountId near;
  private static AccountId far;
  private static String statement;

  /** One of each: in one shard, over two, refused; and, after a month, one that is new. */
  @BeforeAll
  static void askAndWait() {
    from = wallet(0, "anna");
    near = wallet(0, "bert");
    far = wallet(1, "carl");
    LEDGER.run(OPERATOR, new Fund(), new Fund.Request(from, 100, "EUR", "a test"), "fund");
    assertThat(transfer(near, 10, "near").refusal()).isEmpty();
    assertThat(transfer(far, 20, "far").refusal()).isEmpty();
    assertThat(transfer(near, 1_000, "much").refusal()).isPresent();
    await().atMost(PATIENCE).until(() -> LEDGER.account(far).posted() == 20);
    statement = LEDGER.nodes.get(0).reader().statement(from, 0, 10).toString();
    Instant later = Instant.now().plus(TwoNodes.ANSWERS_KEPT).plus(Duration.ofMinutes(10));
    LEDGER.clock = () -> later;
    assertThat(transfer(near, 1, "new").refusal()).isEmpty();
    LEDGER.nodes.forEach(node -> node.work(new Catalogue(List.of())));
    await().atMost(PATIENCE).until(() -> answers("a") == 1 && answers("b") == 0);
  }

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name) {
    AccountId id = LEDGER.account(shard, name);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
    return id;
  }

  private static Reply transfer(AccountId to, long amount, String key) {
    return LEDGER.run(
        Caller.of(LEDGER.account(from).owner(), Role.CUSTOMER),
        new Transfer(),
        new Transfer.Request(from, to, amount, "EUR"),
        key);
  }

  private static long answers(String database) throws SQLException {
    DatabaseConfig config = LEDGER.database(database);
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*) FROM operation WHERE answer IS NOT NULL")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void again_afterPruning_isToldThatItWasDoneAndHasNoEffect() {
    for (AccountId to : List.of(near, far)) {
      Reply again = transfer(to, to.equals(near) ? 10 : 20, to.equals(near) ? "near" : "far");
      assertThat(again.origin()).isEqualTo(Reply.Origin.PRUNED);
      assertThat(again.refusal()).isEmpty();
      assertThat(again.answer()).contains("\"pruned\":true", "doneAt");
    }
    assertThat(LEDGER.account(from).posted()).isEqualTo(69);
    assertThat(LEDGER.account(from).held()).isZero();
    assertThat(LEDGER.account(far).posted()).isEqualTo(20);
  }

  @Test
  void again_afterPruningOfARefusal_staysRefused() {
    Reply again = transfer(near, 1_000, "much");
    assertThat(again.origin()).isEqualTo(Reply.Origin.PRUNED);
    assertThat(again.refusal().map(Refusal::code)).contains("refused-before");
  }

  @Test
  void otherRequest_underAPrunedKey_isRefused() {
    assertThatThrownBy(() -> transfer(near, 11, "near"))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(KeyReusedException.class);
  }

  @Test
  void newAnswer_isKept() {
    Reply again = transfer(near, 1, "new");
    assertThat(again.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(again.answer()).doesNotContain("pruned");
  }

  @Test
  void books_afterPruning_areWhole() throws SQLException {
    assertThat(LEDGER.nodes.get(0).reader().statement(from, 0, 10).toString())
        .startsWith(statement.substring(0, statement.length() - 1));
    assertThat(
            LEDGER
                .nodes
                .get(0)
                .reader()
                .operation("anna", Scope.of(from), new IdempotencyKey("near")))
        .hasValueSatisfying(
            found -> assertThat(found.reply().map(Reply::origin)).contains(Reply.Origin.PRUNED));
    Audit audit = new Audit(LEDGER.databases(), List.of());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    Findings findings = audit.run();
    assertThat(findings.isClean()).as(findings.toString()).isTrue();
  }
}
