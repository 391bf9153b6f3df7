package samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.registry.Registry;
import io.holdfast.testkit.contract.LogCapture;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the four programs and the ten tasks, and counts what they log. */
@Timeout(180)
final class SamplesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static PostgresServer postgres;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start(Map.of("max_prepared_transactions", "20", "fsync", "off"));
    postgres.run("CREATE DATABASE accounts");
    postgres.run("CREATE DATABASE ledger");
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    postgres.close();
  }

  @Test
  void samples_onZooKeeper_doAsTheySay() throws Exception {
    try (ZooKeeperCluster servers = ZooKeeperCluster.start(1)) {
      runAll(servers, servers.uri("samples"));
    }
  }

  @Test
  void samples_onEtcd_doAsTheySay() throws Exception {
    try (EtcdCluster servers = EtcdCluster.start(1)) {
      runAll(servers, servers.uri("samples"));
    }
  }

  private static void runAll(ServerGroup servers, String cluster) throws Exception {
    try (LogCapture log = new LogCapture()) {
      nightlyJob(cluster);
      billingService(cluster);
      workshop(cluster);
      assertThat(log.messages("io.holdfast", Level.WARN)).isEmpty();
      assertThat(log.messages("io.holdfast", Level.INFO)).hasSizeLessThan(25);
    }
    try (OperatorTasks tasks = new OperatorTasks(Page.of(cluster), postgres, THREADS)) {
      tasks.runAllButTheUnhealthy();
    }
    outage(servers, cluster);
  }

  private static void nightlyJob(String cluster) throws Exception {
    NightlyJob job = new NightlyJob("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    job.createTables();
    FencingToken first = job.run(cluster);
    FencingToken second = job.run(cluster);

    assertThat(second).isGreaterThan(first);
    assertThatThrownBy(() -> job.write(first, "late")).isInstanceOf(StaleTokenException.class);
  }

  private static void billingService(String cluster) throws Exception {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("caller"));
    try (BillingService service = new BillingService(cluster, "b-1", 8080);
        Coordinator coordinator = Coordinator.connect(cluster, options);
        Registry registry = new Registry(coordinator);
        BillingService.Client client = new BillingService.Client(registry)) {
      assertThat(client.awaitService()).isTrue();
      assertThat(client.call()).contains("127.0.0.1:8080");
      assertThat(service.handle("invoice-7")).isEqualTo("settled invoice-7");

      assertThat(service.leave().isComplete()).isTrue();

      assertThat(client.call()).isEmpty();
    }
  }

  private static void workshop(String cluster) throws Exception {
    assertThat(Workshop.run(cluster))
        .containsExactly(
            "read together: true, written meanwhile: false",
            "three permits held: true, a fourth: false",
            "held as one: [account/1, account/2]");
  }

  /** The fourth program, and the ninth task, for which the cluster has to be ill. */
  private static void outage(ServerGroup servers, String cluster) throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Queue<String> states = new ConcurrentLinkedQueue<>();
    try (LogCapture log = new LogCapture()) {
      try (WatchedService service = new WatchedService(cluster, Duration.ofSeconds(2), meters)) {
        service.onSession(states::add);
        Future<Integer> steps = THREADS.submit(() -> service.work(100_000, Duration.ofMillis(20)));
        await().atMost(PATIENCE).until(() -> isMeasured(meters));

        servers.kill(0);
        assertThat(steps.get(60, TimeUnit.SECONDS)).isLessThan(100_000);
        await().atMost(PATIENCE).until(() -> states.contains("LOST"));
        assertThat(service.knowledge()).matches("0 instances, [0-9]+ s old");
        assertThat(meters.get("holdfast.view.fresh").gauge().value()).isZero();
        assertThat(meters.get("holdfast.lock.lost").counters()).isNotEmpty();
        expectWarnings(log);

        Page.Ran doctor = Page.of(cluster).run(9, 1, Map.of());
        assertThat(doctor.exitCode()).as(doctor.toString()).isEqualTo(1);
        assertThat(doctor.out()).as(doctor.toString()).contains("PROBLEM").contains("runs");

        servers.startAgain(0);
        servers.awaitServing();
        await().atMost(PATIENCE).until(() -> isLast("ACTIVE", states));
      }
      assertThat(log.messages("io.holdfast", Level.WARN))
          .anyMatch(line -> line.contains(" is open after ") && line.contains("was lost"));
    }
  }

  private static boolean isMeasured(SimpleMeterRegistry meters) {
    return meters.find("holdfast.lock.wait").timer() != null
        && meters.get("holdfast.view.fresh").gauge().value() == 1;
  }

  private static boolean isLast(String state, Queue<String> states) {
    return List.copyOf(states).lastIndexOf(state) == states.size() - 1;
  }

  private static void expectWarnings(LogCapture log) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<String> warnings = log.messages("io.holdfast", Level.WARN);
              assertThat(warnings).hasSize(2);
              assertThat(warnings.get(0)).startsWith("no answer from ");
              assertThat(warnings.get(1)).startsWith("lock ledger with token ");
            });
  }
}
