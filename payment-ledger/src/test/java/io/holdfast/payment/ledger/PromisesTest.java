package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What shards of two databases promise each other, and when. */
class PromisesTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AfterEach
  void asEver() {
    LEDGER.way = way -> way;
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

  private static CompletableFuture<Reply> pay(String owner, Transfer.Request request) {
    return LEDGER.ask(Caller.of(owner, Role.CUSTOMER), new Transfer(), request, "k");
  }

  private static Connection connect(String database) throws SQLException {
    DatabaseConfig config = LEDGER.database(database);
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  private static void awaitNothingUnderWay() {
    Audit audit = new Audit(LEDGER.databases(), List.of());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
  }

  /** The payer's shard cannot write its promise; the payee's is asked for its own all the same. */
  @Test
  void prepare_othersAreAskedBeforeTheExecutingShardHasCommitted() throws Exception {
    AccountId from = wallet(0, "early", 100);
    AccountId to = wallet(1, "early-payee", 0);
    CompletableFuture<Reply> paid;
    try (Connection blocking = connect("a");
        Statement statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      statement.execute("LOCK TABLE branch IN EXCLUSIVE MODE");
      paid = pay("early", new Transfer.Request(from, to, 40, "EUR"));
      await().atMost(Duration.ofSeconds(4)).until(() -> LEDGER.account(to).incoming() == 40);
      assertThat(paid).isNotDone();
      blocking.rollback();
    }

    assertThat(paid.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    awaitNothingUnderWay();
    assertThat(LEDGER.account(from).posted()).isEqualTo(60);
    assertThat(LEDGER.account(to).posted()).isEqualTo(40);
  }

  /** And if the payer's shard then fails to commit, the payee's promise is taken back. */
  @Test
  void prepare_executingShardFailsAfterOthersHavePromised_allIsAborted() throws Exception {
    AccountId from = wallet(0, "failing", 100);
    AccountId to = wallet(1, "failing-payee", 0);
    CompletableFuture<Reply> paid;
    try (Connection blocking = connect("a");
        Statement statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      statement.execute("LOCK TABLE branch IN EXCLUSIVE MODE");
      paid = pay("failing", new Transfer.Request(from, to, 40, "EUR"));
      await().atMost(Duration.ofSeconds(4)).until(() -> LEDGER.account(to).incoming() == 40);
      try (ResultSet cancelled =
          statement.executeQuery(
              "SELECT pg_cancel_backend(pid) FROM pg_locks"
                  + " WHERE NOT granted AND relation = 'branch'::regclass")) {
        assertThat(cancelled.next()).isTrue();
      }
      assertThatThrownBy(() -> paid.get(60, TimeUnit.SECONDS)).isNotNull();
      blocking.rollback();
    }

    awaitNothingUnderWay();
    assertThat(LEDGER.account(from).held()).isZero();
    assertThat(LEDGER.account(from).posted()).isEqualTo(100);
    assertThat(LEDGER.account(to).incoming()).isZero();
    assertThat(LEDGER.account(to).posted()).isZero();
  }

  /** Asks for one more each time; the first time for another account. */
  private record Rising(AccountId first, AccountId to, AtomicInteger tries)
      implements Operation<Rising.Request> {
    record Request(AccountId from) {}

    @Override
    public String type() {
      return "rising";
    }

    @Override
    public Class<Rising.Request> request() {
      return Rising.Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/rising");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Rising.Request request) {
      return Scope.of(request.from());
    }

    @Override
    public Reads reads(Rising.Request request) {
      return Reads.NONE.account(request.from()).account(first).account(to);
    }

    @Override
    public Plan plan(Rising.Request request, Books books) {
      int tried = tries.getAndIncrement();
      Money amount = Money.of(40 + tried, "EUR");
      return new Plan(books).debit(request.from(), amount).credit(tried == 0 ? first : to, amount);
    }
  }

  /**
   * The batch is refused for another request in it. What is then tried by itself comes to something
   * else than the other shard has promised already.
   */
  @Test
  void prepare_triedAgainWithAnotherPlan_isBegunAnew() throws Exception {
    AccountId from = wallet(0, "rising", 1_000);
    AccountId to = wallet(1, "rising-payee", 0);
    AtomicInteger tries = new AtomicInteger();
    try (Connection connection = connect("a");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
              + " $$ BEGIN RAISE EXCEPTION 'refused'; END $$");
      statement.execute(
          "CREATE TRIGGER refuse BEFORE INSERT ON operation FOR EACH ROW"
              + " WHEN (NEW.key = 'poison') EXECUTE FUNCTION refuse()");
      CountDownLatch both = new CountDownLatch(1);
      OpenedLater gate = new OpenedLater(both);
      LEDGER.ask(OPERATOR, gate, new OpenedLater.Request(from), "wait");
      CompletableFuture<Reply> paid =
          LEDGER.ask(OPERATOR, new Rising(to, to, tries), new Rising.Request(from), "k");
      CompletableFuture<Reply> poison =
          LEDGER.ask(OPERATOR, new Fund(), new Fund.Request(from, 1, "EUR", "poison"), "poison");
      both.countDown();
      assertThatThrownBy(() -> poison.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LedgerUnavailableException.class);
      assertThat(paid.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
      statement.execute("DROP FUNCTION refuse CASCADE");
    }

    awaitNothingUnderWay();
    long moved = LEDGER.account(to).posted();
    assertThat(tries.get()).isGreaterThan(2);
    assertThat(LEDGER.account(from).posted()).isEqualTo(1_000 - moved);
    assertThat(LEDGER.account(to).incoming()).isZero();
  }

  /**
   * The other shard has refused what was planned over what the batch then did not do. That is no
   * answer to the request.
   */
  @Test
  void prepare_othersRefuseWhatIsPlannedOtherwiseLater_isBegunAnew() throws Exception {
    AccountId from = wallet(0, "dirty", 1_000);
    AccountId to = wallet(1, "dirty-payee", 0);
    AccountId unknown = LEDGER.account(1, "nobody");
    AtomicInteger tries = new AtomicInteger();
    CompletableFuture<Void> refused = new CompletableFuture<>();
    LEDGER.way = way -> () -> way.get().whenComplete((done, failure) -> refused.complete(null));
    try (Connection connection = connect("a");
        Connection blocking = connect("a");
        Statement lock = blocking.createStatement();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
              + " $$ BEGIN RAISE EXCEPTION 'refused'; END $$");
      statement.execute(
          "CREATE TRIGGER refuse BEFORE INSERT ON operation FOR EACH ROW"
              + " WHEN (NEW.key = 'poison') EXECUTE FUNCTION refuse()");
      CountDownLatch both = new CountDownLatch(1);
      LEDGER.ask(OPERATOR, new OpenedLater(both), new OpenedLater.Request(from), "wait");
      CompletableFuture<Reply> paid =
          LEDGER.ask(OPERATOR, new Rising(unknown, to, tries), new Rising.Request(from), "k");
      CompletableFuture<Reply> poison =
          LEDGER.ask(OPERATOR, new Fund(), new Fund.Request(from, 1, "EUR", "poison"), "poison");
      blocking.setAutoCommit(false);
      lock.execute("LOCK TABLE operation IN SHARE ROW EXCLUSIVE MODE");
      both.countDown();
      refused.get(60, TimeUnit.SECONDS);
      blocking.rollback();

      assertThatThrownBy(() -> poison.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LedgerUnavailableException.class);
      assertThat(paid.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
      statement.execute("DROP FUNCTION refuse CASCADE");
    }

    awaitNothingUnderWay();
    assertThat(LEDGER.account(from).posted()).isEqualTo(1_000 - LEDGER.account(to).posted());
    assertThat(LEDGER.account(to).posted()).isPositive();
    assertThat(LEDGER.account(from).held()).isZero();
  }

  /** What the owner knows of its promise by itself need not be read. */
  @Test
  void settle_preparedByThisOwner_doesNotReadTheBranch() throws Exception {
    AccountId from = wallet(0, "known", 100);
    AccountId to = wallet(1, "known-payee", 0);
    CompletableFuture<Void> opened = new CompletableFuture<>();
    LEDGER.way = way -> () -> opened.thenCompose(now -> way.get());
    CompletableFuture<Reply> paid = pay("known", new Transfer.Request(from, to, 40, "EUR"));
    try (Connection connection = connect("a");
        Statement statement = connection.createStatement()) {
      await()
          .atMost(PATIENCE)
          .until(() -> statement.executeUpdate("UPDATE branch SET body = 'no JSON'") == 1);
    }
    opened.complete(null);

    assertThat(paid.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    awaitNothingUnderWay();
    assertThat(LEDGER.account(from).posted()).isEqualTo(60);
    assertThat(LEDGER.account(to).posted()).isEqualTo(40);
  }

  /** Changes nothing, when it may. */
  private record OpenedLater(CountDownLatch opened) implements Operation<OpenedLater.Request> {
    record Request(AccountId account) {}

    @Override
    public String type() {
      return "opened-later";
    }

    @Override
    public Class<OpenedLater.Request> request() {
      return OpenedLater.Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/opened-later");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(OpenedLater.Request request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(OpenedLater.Request request) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(OpenedLater.Request request, Books books) {
      try {
        opened.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Plan(books);
    }
  }
}
