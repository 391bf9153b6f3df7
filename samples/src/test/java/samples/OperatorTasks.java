package samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.contract.LogCapture;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/** Brings about what the page speaks of, and runs what it says. */
final class OperatorTasks implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern ID =
      Pattern.compile("(?m)^(\\S+) +(undecided|committing|aborting)?");

  private static final Pattern DEEDS =
      Pattern.compile("(?s)(released by force: |lock (report|stock|orders)[ :]).*");

  private final Page page;
  private final PostgresServer postgres;
  private final ExecutorService threads;
  private final Coordinator coordinator;
  private final Locks locks;
  private final LockQueues queues;

  OperatorTasks(Page page, PostgresServer postgres, ExecutorService threads) {
    this.page = page;
    this.postgres = postgres;
    this.threads = threads;
    this.coordinator =
        Coordinator.connect(
            page.cluster(), CoordinatorOptions.defaults().withOwner(Owner.thisProcess("orders")));
    this.locks = new Locks(coordinator);
    this.queues = new LockQueues(coordinator);
  }

  void runAllButTheUnhealthy() throws Exception {
    try (LogCapture log = new LogCapture()) {
      whoHoldsALock();
      deadlock();
      hangingHolder();
      services();
      generation();
      audit();
      inDoubt();
      // What was done to others, and what they say of it; and that this PostgreSQL is a test's.
      assertThat(log.events("io.holdfast", Level.WARN))
          .filteredOn(event -> !event.getLoggerName().startsWith("io.holdfast.transaction"))
          .hasSizeLessThan(8)
          .allMatch(event -> DEEDS.matcher(event.getFormattedMessage()).matches());
    }
  }

  private Page.Ran done(int task, int nth, Map<String, String> values, String... more) {
    Page.Ran ran = page.run(task, nth, values, more);
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return ran;
  }

  private DistributedLock lock(String name) {
    return locks.lock(name, LockConfig.unshared()).exclusive();
  }

  private void awaitQueue(String lock, int size) {
    await().atMost(PATIENCE).until(() -> queues.queue(lock).join().size() == size);
  }

  private void whoHoldsALock() throws Exception {
    LockConfig config = LockConfig.unshared().withPurpose("close the books");
    try (LockGrant grant = locks.lock("nightly", config).exclusive().acquire()) {
      CompletableFuture<LockGrant> waiter = lock("nightly").acquireAsync();
      awaitQueue("nightly", 2);
      assertThat(done(1, 1, Map.of()).out())
          .contains("holder", "waiter", "orders", "close the books", grant.token().toString());
      waiter.cancel(true);
    }
  }

  private void deadlock() throws Exception {
    CountDownLatch bothHold = new CountDownLatch(2);
    Future<String> orders = threads.submit(() -> holdThenWant("orders", "stock", bothHold));
    Future<String> stock = threads.submit(() -> holdThenWant("stock", "orders", bothHold));
    awaitQueue("orders", 2);
    awaitQueue("stock", 2);

    Page.Ran found = page.run(2, 1, Map.of());
    assertThat(found.exitCode()).as(found.toString()).isEqualTo(1);
    assertThat(found.out()).contains("orders", "stock", "yes");
    done(2, 2, Map.of());

    assertThat(stock.get(60, TimeUnit.SECONDS)).isEqualTo("has both");
    assertThat(orders.get(60, TimeUnit.SECONDS)).isEqualTo("gave up");
  }

  private String holdThenWant(String first, String second, CountDownLatch bothHold)
      throws InterruptedException {
    try (LockGrant one = lock(first).acquire()) {
      bothHold.countDown();
      bothHold.await();
      try (LockGrant other = lock(second).acquire()) {
        return one.isHeld() && other.isHeld() ? "has both" : "has lost one";
      } catch (RuntimeException e) {
        return "gave up";
      }
    }
  }

  private void hangingHolder() throws Exception {
    LockGrant grant = lock("report").acquire();
    done(3, 1, Map.of("TOKEN", grant.token().toString()));
    await().atMost(PATIENCE).until(() -> grant.state() == GrantState.LOST);
  }

  private void services() throws Exception {
    try (Registry registry = new Registry(coordinator);
        ServiceView view = registry.view("billing")) {
      registry.register(ServiceInstance.http("billing", "b-1", "127.0.0.1", 8080));
      assertThat(view.awaitInstances(1, PATIENCE)).isPresent();
      assertThat(done(4, 1, Map.of()).out()).contains("true");
      assertThat(view.snapshot().up()).isEmpty();
      done(5, 1, Map.of());
      assertThat(registry.list("billing").join().find("b-1").orElseThrow().instance().status())
          .isEqualTo(InstanceStatus.OUT_OF_SERVICE);
      done(5, 2, Map.of());
      assertThat(done(6, 1, Map.of()).out()).contains("\"freshness\" : \"LIVE\"", "as_of");
    }
  }

  private void generation() {
    assertThat(done(7, 1, Map.of()).out()).contains("0");
    assertThat(done(7, 2, Map.of()).out()).contains("generation 1 is in force");
  }

  private void audit() {
    assertThat(done(8, 1, Map.of()).out())
        .contains("lock.release", "circle with orders", "new kernel", "mended", "backup of Monday");
  }

  private void inDoubt() throws Exception {
    leaveInDoubt();
    String[] more = {"--database-user", "postgres", "--database", "ledger=" + url("ledger")};
    Map<String, String> values = Map.of("DATABASE", url("accounts"));
    String list = done(10, 1, values, more).out();
    Matcher id = ID.matcher(list.substring(list.indexOf('\n') + 1));
    assertThat(id.find()).as(list).isTrue();
    values = Map.of("DATABASE", url("accounts"), "ID", id.group(1));
    assertThat(done(10, 2, values, more).out()).contains("orders").contains("dead");
    assertThat(done(10, 3, values, more).out()).contains("nothing is done yet");
    done(10, 4, values, more);
    assertThat(done(10, 1, values, more).out()).contains("nothing is in doubt");
  }

  /** A coordinator that dies when one branch is prepared. */
  private void leaveInDoubt() throws Exception {
    try (Coordinator dying =
            Coordinator.connect(
                page.cluster(),
                CoordinatorOptions.defaults().withOwner(Owner.thisProcess("orders")));
        PostgresParticipant one = participant("accounts");
        PostgresParticipant other = participant("ledger")) {
      PrepareOnlyParticipant accounts = new PrepareOnlyParticipant(one);
      PrepareOnlyParticipant ledger = new PrepareOnlyParticipant(other);
      SqlWork work = SqlWork.of("CREATE TABLE booked (id int)");
      new Transactions(dying, List.of(accounts, ledger))
          .begin()
          .enlist(accounts.branch(work, true))
          .enlist(ledger.branch(work, false))
          .commitAsync();
      await().atMost(PATIENCE).until(() -> prepared("accounts") == 1 && prepared("ledger") == 1);
    }
  }

  private PostgresParticipant participant(String database) throws Exception {
    return PostgresParticipant.open(
        database, source(database), source(database), PostgresOptions.defaults().withThreads(2));
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database;
  }

  private PGSimpleDataSource source(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url(database));
    source.setUser(PostgresServer.USER);
    return source;
  }

  private int prepared(String database) throws Exception {
    try (var connection = source(database).getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
