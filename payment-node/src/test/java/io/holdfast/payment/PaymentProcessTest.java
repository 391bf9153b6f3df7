package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.Recovery;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import io.holdfast.payment.testing.TestPostgres;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.process.TemporaryFolder;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program itself: real processes over a real ZooKeeper and a real PostgreSQL. */
class PaymentProcessTest {

  private static final Logger LOG = LoggerFactory.getLogger(PaymentProcessTest.class);
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final ShardMap MAP = new ShardMap(4);
  private static final LoadConfig LOAD = LoadConfig.of("run").withSize(3, 16);
  private static final int TERMINATED = 143;

  private static EmbeddedZooKeeper zooKeeper;
  private static TemporaryFolder folder;
  private static int namespaces;

  private final List<Process> processes = new ArrayList<>();
  private DatabaseConfig database;
  private String uri;
  private Coordinator coordinator;
  private Registry registry;
  private ServiceView view;

  @BeforeAll
  static void startZooKeeper() {
    zooKeeper = EmbeddedZooKeeper.start();
    folder = TemporaryFolder.create("payment-nodes");
  }

  @AfterAll
  static void stopZooKeeper() {
    zooKeeper.close();
    folder.close();
  }

  @BeforeEach
  void observe() {
    uri = zooKeeper.uri("payments-" + ++namespaces);
    database = TestPostgres.freshDatabase();
    coordinator = Coordinator.connect(uri);
    registry = new Registry(coordinator);
    view = registry.view(PaymentDirectory.SERVICE);
  }

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
    registry.close();
    coordinator.close();
  }

  private Process start(String id) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PaymentNode.class.getName(),
            "--connect=" + uri,
            "--db=" + database.url(),
            "--id=" + id,
            "--shards=" + MAP.shards(),
            "--session-timeout=4",
            "--insecure-open");
    builder.environment().put(PaymentCommand.USER, database.user());
    builder.environment().put(PaymentCommand.PASSWORD, database.password());
    builder.redirectErrorStream(true).redirectOutput(log(id).toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Path log(String id) {
    return folder.path().resolve(id + "-" + namespaces + ".log");
  }

  private List<Integer> owned(String id) {
    return view.snapshot().up().stream()
        .filter(node -> node.id().equals(id))
        .flatMap(node -> PaymentDirectory.shardsOf(node.instance()).stream())
        .toList();
  }

  private void awaitOwned(String... ids) {
    int share = MAP.shards() / ids.length;
    await()
        .atMost(LIMIT)
        .until(() -> List.of(ids).stream().allMatch(id -> owned(id).size() == share));
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private LoadGenerator startLoad() throws InterruptedException {
    LoadGenerator load =
        new LoadGenerator(LOAD, LoadTarget.open(new PaymentDirectory(view).nodes(), MAP));
    load.openAccounts();
    load.start();
    return load;
  }

  private static void awaitBack(String after, Recovery recovery) {
    List<Integer> all = IntStream.range(0, MAP.shards()).boxed().toList();
    await().atMost(LIMIT).until(() -> recovery.longest(all).isPresent());
    LOG.info("all shards took payments {} after {}", recovery.longest(all).orElseThrow(), after);
  }

  private void assertClean(ClientJournal journal) throws Exception {
    Audit audit =
        new Audit(Map.of(NodeConfig.ONLY_DATABASE, database), new WalletScenario().audit());
    await().atMost(LIMIT).until(() -> audit.underWay() == 0);
    Findings findings = audit.run(journal);
    assertThat(findings.isClean()).as("%s", findings.lines()).isTrue();
    assertThat(findings.looked(Check.ACKNOWLEDGED)).isPositive();
  }

  @Test
  void kill_underLoad_losesNothingAndTerminateLeavesInGoodOrder() throws Exception {
    Process a = start("node-a");
    Process b = start("node-b");
    awaitOwned("node-a", "node-b");
    try (LoadGenerator load = startLoad()) {
      awaitBack("the start", load.recovery());

      Recovery recovery = load.recovery();
      a.destroyForcibly();
      awaitBack("a kill", recovery);
      load.stop();
      LOG.info("{}", load.report());

      assertThat(owned("node-b")).hasSize(MAP.shards());
      assertThat(load.report().unresolved()).isZero();
      assertClean(load.journal());
    }

    signal(b, "TERM");
    assertThat(b.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(b.exitValue()).isEqualTo(TERMINATED);
    await().atMost(LIMIT).until(() -> view.snapshot().isEmpty());
    assertThat(Files.readString(log("node-b"))).contains("node-b has left");
  }

  @Test
  void pause_longerThanTheSession_isTakenOverAndTheSleeperDoesNoHarm() throws Exception {
    Process a = start("node-a");
    start("node-b");
    awaitOwned("node-a", "node-b");
    try (LoadGenerator load = startLoad()) {
      awaitBack("the start", load.recovery());

      Recovery recovery = load.recovery();
      signal(a, "STOP");
      awaitOwned("node-b");
      awaitBack("a pause", recovery);
      signal(a, "CONT");
      awaitOwned("node-a", "node-b");
      awaitBack("the return", load.recovery());
      load.stop();

      assertThat(load.report().unresolved()).isZero();
      assertClean(load.journal());
    }
  }
}
