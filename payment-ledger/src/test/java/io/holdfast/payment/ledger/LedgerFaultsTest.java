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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was found wrong once. */
class LedgerFaultsTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final ExecutorService READERS = Executors.newFixedThreadPool(8);
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);

  @AfterEach
  void asEver() {
    LEDGER.way = way -> way;
    LEDGER.clock = java.time.InstantSource.system();
  }

  @AfterAll
  static void close() {
    READERS.shutdown();
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

  private static CompletableFuture<Reply> pay(String owner, Transfer.Request request, String key) {
    return LEDGER.ask(Caller.of(owner, Role.CUSTOMER), new Transfer(), request, key);
  }

  /** A plan that waits, or fails by what no plan should. */
  private record Odd(Runnable what) implements Operation<Odd.Request> {
    record Request(AccountId account) {}

    @Override
    public String type() {
      return "odd";
    }

    @Override
    public Class<Request> request() {
      return Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/odd");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Request request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Request request) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(Request request, Books books) {
      what.run();
      return new Plan(books);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Both are executed in one batch, so both begin a transaction. The other shard refuses the one
   * and then prepares the other's.
   */
  @Test
  void execute_twinsOfWhichOneIsRefusedElsewhere_haveOneAnswer() throws Exception {
    AccountId from = wallet(0, "twin", 100);
    AccountId to = LEDGER.account(1, "payee");
    AtomicInteger prepared = new AtomicInteger();
    CompletableFuture<Void> opened = new CompletableFuture<>();
    LEDGER.way =
        way -> prepared.incrementAndGet() == 1 ? () -> opened.thenCompose(now -> way.get()) : way;
    CountDownLatch both = new CountDownLatch(1);
    LEDGER.ask(OPERATOR, new Odd(() -> awaitQuietly(both)), new Odd.Request(from), "wait");
    Transfer.Request request = new Transfer.Request(from, to, 40, "EUR");
    CompletableFuture<Reply> first = pay("twin", request, "k");
    CompletableFuture<Reply> twin = pay("twin", request, "k");
    both.countDown();

    assertThatThrownBy(() -> twin.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InFlightException.class);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(to, "payee", "EUR"), "open");
    opened.complete(null);

    assertThat(first.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    assertThat(pay("twin", request, "k").get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(LEDGER.account(to).posted()).isEqualTo(40));
    assertThat(LEDGER.account(from).posted()).isEqualTo(60);
  }

  /** The abort of the first transaction and the preparation of the next are in one batch. */
  @Test
  void execute_againWhileItsTransactionIsAborted_isOfTheNextTransaction() throws Exception {
    AccountId from = wallet(0, "again", 100);
    AccountId to = wallet(1, "payee-again", 0);
    CountDownLatch asked = new CountDownLatch(1);
    AtomicInteger prepared = new AtomicInteger();
    LEDGER.way =
        way -> {
          if (prepared.incrementAndGet() > 1) {
            return way;
          }
          LEDGER.ask(OPERATOR, new Odd(() -> awaitQuietly(asked)), new Odd.Request(from), "hold");
          return () -> CompletableFuture.failedFuture(new IllegalStateException("cut"));
        };
    Transfer.Request request = new Transfer.Request(from, to, 40, "EUR");
    assertThatThrownBy(() -> pay("again", request, "k").get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LedgerUnavailableException.class);
    // Those before the abort are told that it is under way; the first one after it begins anew.
    List<CompletableFuture<Reply>> twins =
        IntStream.range(0, 50).mapToObj(i -> pay("again", request, "k")).toList();
    asked.countDown();
    CompletableFuture.allOf(twins.toArray(new CompletableFuture<?>[0]))
        .handle((done, failure) -> true)
        .get(60, TimeUnit.SECONDS);

    Audit audit = new Audit(LEDGER.databases(), List.of());
    await().atMost(Duration.ofSeconds(30)).until(() -> audit.underWay() == 0);
    assertThat(pay("again", request, "k").get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    assertThat(LEDGER.account(from).posted()).isEqualTo(60);
  }

  @Test
  void execute_planThatEndsByAnError_failsAloneAndTheShardServesOn() {
    AccountId account = wallet(0, "error", 0);
    Odd broken =
        new Odd(
            () -> {
              throw new StackOverflowError();
            });

    assertThatThrownBy(
            () -> LEDGER.ask(OPERATOR, broken, new Odd.Request(account), "broken").join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    LEDGER.run(OPERATOR, new Fund(), new Fund.Request(account, 5, "EUR", "goes on"), "on");
    assertThat(LEDGER.account(account).posted()).isEqualTo(5);
  }

  @Test
  void execute_clockSetBackOverMidnight_countsOnTheLaterDay() {
    AccountId from = LEDGER.account(0, "midnight");
    AccountId to = wallet(2, "receiver", 0);
    LEDGER.run(
        OPERATOR,
        new OpenAccount(),
        new OpenAccount.Request(
            from, "midnight", "EUR", Optional.empty(), OptionalLong.empty(), OptionalLong.of(100)),
        "open");
    LEDGER.run(OPERATOR, new Fund(), new Fund.Request(from, 1_000, "EUR", "a test"), "fund");
    Instant midnight = Instant.parse("2026-12-01T00:00:00Z");

    LEDGER.clock = () -> midnight.plusSeconds(1);
    Transfer.Request all = new Transfer.Request(from, to, 100, "EUR");
    assertThat(pay("midnight", all, "1").join().refusal()).isEmpty();
    LEDGER.clock = () -> midnight.minusSeconds(1);
    Transfer.Request more = new Transfer.Request(from, to, 1, "EUR");
    assertThat(pay("midnight", more, "2").join().refusal().map(Refusal::code))
        .contains("limit-per-day");
    LEDGER.clock = () -> midnight.plusSeconds(2);
    assertThat(pay("midnight", more, "3").join().refusal().map(Refusal::code))
        .contains("limit-per-day");
  }

  /** As a restart of the server does, or somebody in between who forgets idle connections. */
  @Test
  void execute_connectionsCutSinceTheLastRequest_isDoneOnNewOnes() throws Exception {
    List<AccountId> accounts =
        IntStream.range(0, 4).mapToObj(i -> wallet(2 * i, "cut", 0)).toList();
    await().atMost(Duration.ofSeconds(30)).until(() -> readAll(accounts) == 32);

    assertThat(cut(LEDGER.database("a"))).isPositive();

    for (AccountId each : accounts) {
      LEDGER.run(OPERATOR, new Fund(), new Fund.Request(each, 5, "EUR", "after"), "after");
    }
    assertThat(readAll(accounts)).isEqualTo(32);
    assertThat(LEDGER.account(accounts.get(3)).posted()).isEqualTo(5);
  }

  /** Eight at once read all of them; how many reads succeeded. */
  private static int readAll(List<AccountId> accounts) {
    List<CompletableFuture<Account>> reads =
        IntStream.range(0, 32)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> LEDGER.account(accounts.get(i % accounts.size())), READERS))
            .toList();
    return (int) reads.stream().map(CompletableFuture::join).count();
  }

  private static int cut(DatabaseConfig database) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        ResultSet rows = statement.executeQuery()) {
      int cut = 0;
      while (rows.next()) {
        cut += rows.getBoolean(1) ? 1 : 0;
      }
      return cut;
    }
  }
}
