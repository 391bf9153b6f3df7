package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.scenario.wallet.FreezeAccount;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.PayRequest;
import io.holdfast.payment.scenario.wallet.RequestMoney;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests over several shards that one node has in one database: one commit, no transaction. */
class AtOnceTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @BeforeEach
  void asEver() {
    LEDGER.preparedLast = "";
  }

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name, long amount) {
    AccountId id = LEDGER.account(shard, name);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
    if (amount > 0) {
      LEDGER.run(OPERATOR, new Fund(), new Fund.Request(id, amount, "EUR", "a test"), "fund");
    }
    return id;
  }

  private static CompletableFuture<Reply> pay(
      String owner, AccountId from, AccountId to, long amount, String key) {
    return LEDGER.ask(
        Caller.of(owner, Role.CUSTOMER),
        new Transfer(),
        new Transfer.Request(from, to, amount, "EUR"),
        key);
  }

  /** The first column of the rows in the first database. */
  private static List<String> ask(String sql) {
    DatabaseConfig config = LEDGER.database("a");
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(String.valueOf(row.getString(1)));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  /** What the effects of a request, and the request itself, say that they belong to. */
  private static List<String> names(String key) {
    return ask(
        "SELECT shard || ' ' || transaction FROM (SELECT shard, transaction, key FROM journal"
            + " UNION ALL SELECT shard, transaction, key FROM operation) t WHERE key = '"
            + key
            + "' ORDER BY 1");
  }

  private static void assertClean(Audit audit) {
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    try {
      assertThat(audit.run().found()).isEmpty();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void execute_inTwoShardsOfALane_isDoneInBothWhenItIsAnswered() {
    AccountId from = wallet(0, "anna", 100);
    AccountId to = wallet(2, "bert", 0);

    assertThat(pay("anna", from, to, 30, "at-once").join().refusal()).isEmpty();

    assertThat(LEDGER.account(from).posted()).isEqualTo(70);
    assertThat(LEDGER.account(from).held()).isZero();
    assertThat(LEDGER.account(to).posted()).isEqualTo(30);
    assertThat(LEDGER.account(to).incoming()).isZero();
    List<String> names = names("at-once");
    assertThat(names).hasSize(3).allMatch(each -> each.contains(" at-once:"));
    assertThat(pay("anna", from, to, 30, "at-once").join().origin())
        .isEqualTo(Reply.Origin.REPLAYED);
    assertClean(new Audit(LEDGER.databases(), List.of()));
  }

  @Test
  void execute_theOtherShardRefuses_isRefusedForGoodAndNothingIsChanged() {
    AccountId from = wallet(0, "carl", 100);
    AccountId nobody = LEDGER.account(2, "nobody");
    Reply refused = pay("carl", from, nobody, 30, "refused").join();
    assertThat(refused.refusal().map(Refusal::code)).contains("unknown-account");
    assertThat(LEDGER.account(from).held()).isZero();
    wallet(2, "nobody", 0);
    assertThat(pay("carl", from, nobody, 30, "refused").join().refusal()).isPresent();
    assertThat(LEDGER.account(from).posted()).isEqualTo(100);
    assertThat(names("refused")).containsExactly("null");
  }

  @Test
  void execute_fromAFrozenAccount_isRefusedInEitherShard() {
    AccountId from = wallet(2, "dora", 100);
    AccountId to = wallet(4, "emil", 0);
    LEDGER.run(OPERATOR, new FreezeAccount(), new FreezeAccount.Request(from, "a test"), "freeze");
    assertThat(pay("dora", from, to, 1, "frozen").join().refusal().map(Refusal::code))
        .contains("account-frozen");
    assertThat(LEDGER.account(to).posted()).isZero();
  }

  @Test
  void execute_twinsOfOneKeyAtOnce_haveOneEffect() {
    AccountId from = wallet(0, "fred", 100);
    AccountId to = wallet(4, "gina", 0);
    List<CompletableFuture<Reply>> twins = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      twins.add(pay("fred", from, to, 40, "twins"));
    }
    assertThat(twins.stream().map(each -> each.join().origin()))
        .containsOnlyOnce(Reply.Origin.EXECUTED);
    assertThat(LEDGER.account(to).posted()).isEqualTo(40);
  }

  @Test
  void execute_theOtherShardIsSomebodyElsesByNow_isATransaction() {
    AccountId from = wallet(0, "hans", 100);
    AccountId to = wallet(6, "ines", 0);
    LEDGER.take(6, LEDGER.nodes.get(1));
    try {
      assertThat(pay("hans", from, to, 30, "taken").join().refusal()).isEmpty();
      assertThat(LEDGER.preparedLast).contains("taken");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(LEDGER.account(to).posted()).isEqualTo(30));
      assertThat(LEDGER.account(from).posted()).isEqualTo(70);
    } finally {
      LEDGER.take(6, LEDGER.nodes.get(0));
    }
  }

  /** The payee stands in the document, so its shard is known only when that was read. */
  @Test
  void execute_theOtherShardIsNotNamed_isDoneAtOnceAllTheSame() {
    AccountId payee = wallet(0, "jana", 0);
    AccountId payer = wallet(2, "kurt", 100);
    Reply asked =
        LEDGER.run(
            Caller.of("jana", Role.CUSTOMER),
            new RequestMoney(),
            new RequestMoney.Request(
                payer, payee, 25, "EUR", Optional.empty(), OptionalInt.empty()),
            "ask");
    Matcher id = Pattern.compile("[a-z]+_[0-9a-f]{3}_[0-9a-v]{26}").matcher(asked.answer());
    assertThat(id.find()).isTrue();

    Reply paid =
        LEDGER.run(
            Caller.of("kurt", Role.CUSTOMER),
            new PayRequest(),
            new PayRequest.Request(new DocumentId(id.group()), payer),
            "unnamed");

    assertThat(paid.refusal()).isEmpty();
    assertThat(names("unnamed")).hasSize(3).allMatch(each -> each.contains(" at-once:"));
    assertThat(LEDGER.account(payee).posted()).isEqualTo(25);
  }

  @Test
  void execute_toAndFroBetweenManyShards_keepsTheBooks() {
    TransferLoad load = new TransferLoad(LEDGER, "lola", 0, 2, 4, 6, 1);
    try (load) {
      load.start(8);
      await().atMost(PATIENCE).until(() -> load.answered.get() > 400);
    }
    assertThat(load.journal.count(Verdict.REFUSED)).isZero();
    assertClean(new Audit(LEDGER.databases(), List.of()));
  }
}
