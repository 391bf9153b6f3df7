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
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.FenceRejections;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.Recovery;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Clients that pay each other, buy, top up by card and borrow through the reference cluster while
 * one fault after another hits it: the payment nodes, the coordination servers, one of the
 * databases, or the acquirer.
 *
 * <p>Every request has an idempotency key and is tried again until its answer is definite; what the
 * clients were told is compared with the ledger at the end. For one thread; {@link #close} ends all
 * but the cluster.
 */
final class BankRun implements AutoCloseable {

  static final int SHARDS = 6;
  static final Duration SESSION = Duration.ofSeconds(3);

  private static final int NODES = 3;
  private static final int CLIENTS = 3;
  private static final int ACCOUNTS = 24;
  private static final int WAYS_PER_SECOND = 9;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final ShardMap MAP = new ShardMap(SHARDS);

  private final Cluster cluster;
  private final long seed;
  private final Random random;
  private final Path folder;
  private final BankDatabases databases;
  private final BankAcquirer acquirer;
  private final BankAudit audit;
  private final List<BankNode> nodes;
  private final Coordinator coordinator;
  private final Registry registry;
  private final ServiceView view;
  private final BankClients load;
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
    this.folder = folder;
    this.databases = new BankDatabases(cluster.driver());
    this.acquirer = new BankAcquirer(folder, cluster.driver(), seed);
    this.audit = new BankAudit(databases.configs(), acquirer.config());
    this.nodes =
        IntStream.rangeClosed(1, NODES)
            .mapToObj(
                i -> {
                  String name = "n" + i;
                  String uri = cluster.uri(name, namespace());
                  return new BankNode(name, cluster, uri, databases.configs(), acquirer, folder);
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
        new BankClients(
            LoadConfig.of("bank" + Long.toString(Math.abs(seed), 36))
                .withSize(CLIENTS, ACCOUNTS)
                .withSeed(seed)
                .withPatience(PATIENCE),
            new PaymentDirectory(view).nodes(),
            MAP);
  }

  /**
   * Starts databases, acquirer and nodes, and lets clients begin once every shard has an owner.
   *
   * @param seed decides what clients ask for, and whom the faults hit
   * @param folder an empty one
   */
  static BankRun start(Cluster cluster, long seed, Path folder) throws InterruptedException {
    BankRun run = new BankRun(cluster, seed, folder);
    try {
      run.awaitAllOwned();
      run.load.start(WAYS_PER_SECOND);
      run.awaitPayments(run.load.recovery());
      return run;
    } catch (RuntimeException | InterruptedException e) {
      run.close();
      throw e;
    }
  }

  /** The faults that can be done to it, if the provider can. */
  List<Fault> faults() {
    return Stream.concat(BankFaults.of(databases, acquirer).stream(), FaultCatalog.all().stream())
        .toList();
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
  BankResult finish() throws InterruptedException, SQLException, IOException {
    load.stop();
    acquirer.good();
    audit.awaitRest(PATIENCE);
    Findings findings = audit.findings(load.journal());
    Map<String, String> about =
        Map.of(
            "seed", Long.toString(seed),
            "backend", cluster.store() + " " + cluster.version(),
            "provider", cluster.provider(),
            "database", databases.version(),
            "workloads", "BANK",
            "session", SESSION.toString());
    History history =
        new BankHistory()
            .with(load.journal())
            .with(faultOutcomes)
            .withRefused(
                FenceRejections.of(
                    view.snapshot(),
                    LoadTarget.open(new PaymentDirectory(view).nodes(), MAP),
                    "auditor"))
            .withBooks(databases.configs().values())
            .history(about);
    ChaosResult chaos =
        new ChaosResult(
            history,
            HistoryCheck.of(history, Limits.defaults()),
            faultOutcomes,
            skipped,
            recoveries,
            List.of());
    return new BankResult(
        chaos,
        findings,
        databases.inDoubt(),
        audit.reconciled(folder),
        acquirer.doubled(),
        acquirer.disputes(),
        load.reports());
  }

  @Override
  public void close() {
    load.close();
    nodes.forEach(BankNode::close);
    view.close();
    registry.close();
    coordinator.close();
    leaders.close();
    acquirer.close();
    databases.close();
  }
}
