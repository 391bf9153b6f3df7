package io.holdfast.chaos.bank;

import static org.awaitility.Awaitility.await;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.RecoveryTime;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.fault.Capability;
import io.holdfast.chaos.fault.Client;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.LeaderWatch;
import io.holdfast.chaos.fault.Nemesis;
import io.holdfast.chaos.fault.Target;
import io.holdfast.chaos.history.History;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.FenceRejections;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.Recovery;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Clients that pay each other through the reference cluster while one fault after another hits it:
 * the payment nodes, the coordination servers, or the database.
 *
 * <p>Every request has an idempotency key and is tried again until its answer is definite; what the
 * clients were told is compared with the ledger at the end. For one thread; {@link #close} ends all
 * but the cluster.
 */
final class BankRun implements AutoCloseable {

  static final int SHARDS = 6;
  static final Duration SESSION = Duration.ofSeconds(3);

  private static final int NODES = 3;
  private static final int CLIENTS = 4;
  private static final int ACCOUNTS = 24;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Its {@code synchronous_commit} is off: the ledger has to ask for better by itself. */
  private static final Map<String, String> SETTINGS =
      Map.of("max_connections", "200", "max_prepared_transactions", "100");

  private static final ShardMap MAP = new ShardMap(SHARDS);

  private final Cluster cluster;
  private final long seed;
  private final Random random;
  private final PostgresServer ledger;
  private final Map<String, DatabaseConfig> databases = new TreeMap<>();
  private final List<BankNode> nodes;
  private final Coordinator coordinator;
  private final Registry registry;
  private final ServiceView view;
  private final LoadGenerator load;
  private final List<FaultOutcome> faultOutcomes = new ArrayList<>();

  private final LeaderWatch leaders;

  /** How long the slowest shard took to take a payment again, by fault. */
  private final Map<String, List<RecoveryTime>> recoveries = new TreeMap<>();

  private final Map<String, String> skipped = new TreeMap<>();

  private BankRun(Cluster cluster, long seed, Path folder) {
    this.cluster = cluster;
    this.leaders = cluster.watchLeader();
    this.seed = seed;
    this.random = new Random(seed);
    this.ledger = PostgresServer.start(cluster.driver(), SETTINGS);
    for (String name : List.of("a", "b")) {
      ledger.run("CREATE DATABASE ledger_" + name);
      databases.put(
          name,
          DatabaseConfig.of(
              ledger.anonymousUrl("ledger_" + name), PostgresServer.USER, PostgresServer.USER));
    }
    this.nodes =
        IntStream.rangeClosed(1, NODES)
            .mapToObj(
                i -> {
                  String name = "n" + i;
                  String uri = cluster.uri(name, namespace());
                  return new BankNode(name, cluster, uri, databases, folder);
                })
            .toList();
    this.coordinator =
        Coordinator.connect(
            cluster.uri(namespace()),
            CoordinatorOptions.defaults()
                .withOwner(Owner.thisProcess("clients"))
                .withSessionTimeout(SESSION));
    this.registry = new Registry(coordinator);
    this.view = registry.view(PaymentDirectory.SERVICE);
    this.load =
        new LoadGenerator(
            LoadConfig.of("bank" + Long.toString(Math.abs(seed), 36))
                .withSize(CLIENTS, ACCOUNTS)
                .withSeed(seed)
                .withPatience(PATIENCE),
            new PaymentDirectory(view).nodes(),
            MAP);
  }

  /**
   * Starts a database and nodes, and lets clients pay once every shard has an owner.
   *
   * @param seed decides who pays whom, and whom the faults hit
   * @param folder an empty one
   */
  static BankRun start(Cluster cluster, long seed, Path folder) throws InterruptedException {
    BankRun run = new BankRun(cluster, seed, folder);
    try {
      run.awaitAllOwned();
      run.load.openAccounts();
      run.load.start();
      run.awaitPayments(run.load.recovery());
      return run;
    } catch (RuntimeException | InterruptedException e) {
      run.close();
      throw e;
    }
  }

  /** The faults that can be done to it, if the provider can. */
  List<Fault> faults() {
    return Stream.concat(BankFaults.of(ledger).stream(), FaultCatalog.all().stream()).toList();
  }

  /**
   * Injects a fault, heals it, and waits until every shard takes payments again; or notes why it
   * cannot.
   */
  void hurt(Fault fault) {
    Set<Capability> missing = EnumSet.noneOf(Capability.class);
    missing.addAll(fault.needs());
    missing.removeAll(cluster.capabilities());
    if (!missing.isEmpty()) {
      skipped.put(
          fault.name(),
          missing.stream().map(Capability::without).collect(Collectors.joining("; ")));
      return;
    }
    List<Client> clients = List.copyOf(nodes);
    Target target =
        new Target(cluster, namespace(), clients, () -> clients.get(random.nextInt(NODES)), random);
    FaultOutcome faultOutcome = new Nemesis(target).hurt(fault, SESSION);
    long healed = System.nanoTime();
    awaitPayments(load.recovery());
    faultOutcomes.add(faultOutcome);
    recoveries
        .computeIfAbsent(fault.name(), absent -> new ArrayList<>())
        .add(RecoveryTime.between(healed, System.nanoTime(), leaders, SESSION));
  }

  private String namespace() {
    return "bank/run-" + seed;
  }

  private void awaitAllOwned() {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Set<Integer> owned = new TreeSet<>();
              view.snapshot()
                  .instances()
                  .forEach(node -> owned.addAll(PaymentDirectory.shardsOf(node.instance())));
              checkAlive();
              return owned.size() == SHARDS;
            });
  }

  private void awaitPayments(Recovery recovery) {
    List<Integer> all = IntStream.range(0, SHARDS).boxed().toList();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              checkAlive();
              return recovery.longest(all).isPresent();
            });
  }

  private void checkAlive() {
    for (BankNode node : nodes) {
      if (!node.isAlive()) {
        throw new IllegalStateException(node.name() + " has ended:\n" + node.logTail());
      }
    }
  }

  /** Lets every client get its last answer, and audits. */
  BankResult finish() throws InterruptedException, SQLException {
    load.stop();
    Audit audit = new Audit(databases, PaymentNode.auditRules());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    Findings findings = audit.run(load.journal());
    try (Connection connection = connect("a");
        Connection other = connect("b")) {
      Map<String, String> about =
          Map.of(
              "seed", Long.toString(seed),
              "backend", cluster.store() + " " + cluster.version(),
              "provider", cluster.provider(),
              "database", database(connection),
              "workloads", "BANK",
              "session", SESSION.toString());
      History history =
          new BankHistory()
              .with(load.journal())
              .with(faultOutcomes)
              .withRefused(FenceRejections.of(view.snapshot()))
              .withBooks(List.of(connection, other))
              .history(about);
      ChaosResult chaos =
          new ChaosResult(
              history,
              HistoryCheck.of(history, Limits.defaults()),
              faultOutcomes,
              skipped,
              recoveries,
              List.of());
      return new BankResult(chaos, findings, inDoubt(connection), load.report());
    }
  }

  private Connection connect(String name) throws SQLException {
    DatabaseConfig database = Objects.requireNonNull(databases.get(name));
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  private static String database(Connection connection) throws SQLException {
    DatabaseMetaData about = connection.getMetaData();
    return about.getDatabaseProductName() + " " + about.getDatabaseProductVersion();
  }

  private static int inDoubt(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM pg_prepared_xacts")) {
      count.next();
      return count.getInt(1);
    }
  }

  @Override
  public void close() {
    load.close();
    nodes.forEach(BankNode::close);
    view.close();
    registry.close();
    coordinator.close();
    leaders.close();
    ledger.close();
  }
}
