package io.holdfast.payment;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.Locks;
import io.holdfast.metrics.HoldfastMetrics;
import io.holdfast.metrics.RegistryMetrics;
import io.holdfast.metrics.TransactionMetrics;
import io.holdfast.payment.Advertised.HostPort;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.http.LedgerWorkers;
import io.holdfast.payment.http.NodeInfo;
import io.holdfast.payment.http.PaymentApi;
import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DatabaseWatch;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerConfig;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.payment.security.Authentication;
import io.holdfast.payment.security.CallerKeys;
import io.holdfast.payment.security.RateLimits;
import io.holdfast.payment.shard.Assignment;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.shard.ShardOwnership;
import io.holdfast.payment.shard.ShardState;
import io.holdfast.payment.trace.OtlpExporter;
import io.holdfast.payment.trace.Tracer;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Durations;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One payment node: as a program, see {@link PaymentCommand}; in a process of yours, {@link
 * #start}.
 *
 * <p>A node registers itself as {@code payment}, goes for the locks of the shards that the {@link
 * Assignment} over all registered nodes gives it, seals each in the ledger, and serves it. What it
 * owns stands in its registration, see {@link PaymentDirectory}. While its database does not answer
 * it is registered as DOWN, and so owns nothing.
 *
 * <p>A node holds the lock of its name for as long as it lives. A second one of the same name does
 * not start; and one that has lost the lock, after a pause for example, gives up if another has it:
 * see {@link #succeeded}. {@link #close} leaves in good order: out of rotation, until every client
 * has seen that, and the shards, then the registration, then the port.
 */
public final class PaymentNode implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final int READERS = 4;
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration DATABASE_LOOKS = Duration.ofSeconds(1);

  /** Not static: as a program, logging is set up in {@link #main}. */
  private final Logger log = LoggerFactory.getLogger(PaymentNode.class);

  private final NodeConfig config;
  private final CloseStack opened;
  private final Counters counters = new Counters();
  private final ShardGates gates;
  private final ServiceView view;
  private final ShardOwnership ownership;
  private final Registration registration;
  private final Map<String, DatabaseWatch> watches = new TreeMap<>();
  private final Ledger ledger;
  private final NodeName name;
  private final NodeTransport transport;
  private final CallerKeys callers;
  private final int port;
  private final HostPort reached;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PaymentNode(
      NodeConfig config, Connector connector, UnaryOperator<Catalogue> change, CloseStack opened)
      throws IOException, InterruptedException {
    this.config = config;
    this.opened = opened;
    this.gates = new ShardGates(config.map().shards());
    // First, so that a file that cannot be used costs nothing.
    this.transport = NodeTransport.of(config);
    ledger = opened.add(Ledger.open(ledgerConfig(config)));
    Coordinator coordinator = opened.add(connector.connect());
    Locks locks = new Locks(coordinator);
    name =
        opened.add(
            NodeName.take(
                config.id(),
                locks.lock("node-" + config.id(), LockConfig.unshared()).exclusive(),
                NodeName.patience(config.sessionTimeout())));
    Registry registry = opened.add(new Registry(coordinator));
    view = opened.add(registry.view(PaymentDirectory.SERVICE));
    callers = opened.add(new CallerKeys(coordinator));
    ownership = opened.add(new ShardOwnership(locks, ledger, gates, counters, this::publishShards));
    config
        .databases()
        .forEach(
            (database, where) ->
                watches.put(database, opened.add(new DatabaseWatch(database, where))));
    Catalogue catalogue =
        change.apply(
            Scenarios.of(ledger, config.webhooks(), config.acquirer().map(PaymentNode::topUps)));
    PaymentMeters meters = opened.add(meters(catalogue, coordinator, registry));
    Tracer tracer = tracer();
    port = serve(coordinator, catalogue, meters, tracer).actualPort();
    reached = config.address().at(port);
    registration =
        registry.register(
            ServiceInstance.of(PaymentDirectory.SERVICE, config.id(), reached.host())
                .withPort(transport.scheme().toString(), reached.port().orElse(port))
                .withMetadata(PaymentDirectory.SHARDS, "")
                .withMetadata(PaymentDirectory.DATABASES, reachable()));
    view.onChange(snapshot -> plan());
    watches.values().forEach(watch -> watch.start(DATABASE_LOOKS, now -> databaseChanged()));
    ledger.work(catalogue, tracer::due);
    opened.add(new Webhooks(ledger, config.webhooks(), tracer));
    plan();
    log.info(
        "payment node {} listens on {} and is registered as {}",
        config.id(),
        config.address().bind().host() + ":" + port,
        url());
    config.security().warnings(config.address()).forEach(log::warn);
  }

  private static LedgerConfig ledgerConfig(NodeConfig config) {
    LedgerConfig ledger =
        LedgerConfig.of(config.id(), config.databases()).withShards(config.map().shards());
    return config.answersKept().map(ledger::withAnswersKept).orElse(ledger);
  }

  /** Starts a node as a program. */
  public static void main(String[] args) {
    System.exit(PaymentCommand.run(args));
  }

  /**
   * Starts a node and waits until others can see it.
   *
   * @throws io.holdfast.payment.ledger.LedgerUnavailableException if the database cannot be reached
   * @throws io.holdfast.coordination.UnavailableException if the cluster cannot be reached
   * @throws IllegalArgumentException if the configuration does not fit the ledger or the cluster
   * @throws IOException if the port cannot be opened
   * @throws InterruptedException if interrupted; nothing is left behind
   */
  public static PaymentNode start(NodeConfig config) throws IOException, InterruptedException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(config.id()))
            .withSessionTimeout(config.sessionTimeout())
            .withCredentials(config.security().store());
    return start(config, () -> Coordinator.connect(config.cluster(), options));
  }

  /** What must be true of the books that nodes keep, for an audit. */
  public static List<AuditRule> auditRules() {
    return Scenarios.auditRules();
  }

  /** Opens the connection to the cluster. */
  interface Connector {
    Coordinator connect();
  }

  static PaymentNode start(NodeConfig config, Connector connector)
      throws IOException, InterruptedException {
    return start(config, connector, UnaryOperator.identity());
  }

  /** For tests: with other scenarios, such as those with a mistake in them. */
  static PaymentNode start(NodeConfig config, Connector connector, UnaryOperator<Catalogue> change)
      throws IOException, InterruptedException {
    CloseStack opened = new CloseStack();
    try {
      return new PaymentNode(config, connector, change, opened);
    } catch (RuntimeException | IOException | InterruptedException e) {
      opened.close();
      throw e;
    }
  }

  private String reachable() {
    return watches.entrySet().stream()
        .filter(each -> each.getValue().isReachable())
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(","));
  }

  private boolean reachesAny() {
    return watches.values().stream().anyMatch(DatabaseWatch::isReachable);
  }

  private void databaseChanged() {
    InstanceStatus status = reachesAny() ? InstanceStatus.UP : InstanceStatus.DOWN;
    registration.update(
        instance -> {
          ServiceInstance now = instance.withMetadata(PaymentDirectory.DATABASES, reachable());
          return now.status() == InstanceStatus.DRAINING ? now : now.withStatus(status);
        });
  }

  private static TopUpScenario topUps(AcquirerConfig acquirer) {
    return new TopUpScenario(
        new HttpAcquirer(acquirer), acquirer.giveUpAfter(), InstantSource.system());
  }

  private Tracer tracer() {
    return config
        .traces()
        .map(
            traces ->
                new Tracer(
                    opened.add(
                        new OtlpExporter(
                            traces, config.id(), () -> counters.add(Counters.Count.SPANS_DROPPED))),
                    traces.share()))
        .orElseGet(Tracer::unrecorded);
  }

  private PaymentMeters meters(Catalogue catalogue, Coordinator coordinator, Registry registry) {
    PaymentMeters meters =
        new PaymentMeters(
            catalogue.operations().stream().map(Operation::type).toList(),
            counters,
            gates::shards,
            ledger);
    meters.shards("waiting", () -> ownership.count(ShardState.WAITING));
    meters.shards("sealing", () -> ownership.count(ShardState.SEALING));
    meters.shards("leaving", () -> ownership.count(ShardState.LEAVING));
    meters.shards("unowned", () -> PaymentDirectory.unowned(view.snapshot(), gates.total()));
    meters.add(opened.add(HoldfastMetrics.of(coordinator)));
    meters.add(opened.add(TransactionMetrics.of(coordinator)));
    meters.add(opened.add(RegistryMetrics.of(registry)));
    return meters;
  }

  private HttpServer serve(
      Coordinator coordinator, Catalogue catalogue, PaymentMeters meters, Tracer tracer)
      throws IOException, InterruptedException {
    LedgerWorkers reads = opened.add(new LedgerWorkers("read", READERS));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
    opened.add(() -> NodeTransport.finish(vertx.close()));
    PaymentApi api =
        new PaymentApi(
            new PaymentApi.Parts(
                vertx,
                new NodeInfo(
                    config.id(),
                    this::status,
                    this::notReady,
                    config.forwardBudget(),
                    System::nanoTime),
                ledger,
                catalogue,
                gates,
                reads,
                counters,
                meters,
                tracer,
                transport.client(),
                transport.scheme(),
                new PaymentDirectory(view).ownersApartFrom(config.id(), config.map().shards()),
                new Authentication(callers, config.security().mode()),
                new RateLimits(config.security().rates()),
                config.acquirer(),
                ownership::fenced));
    ledger.join(coordinator, api.remoteShards());
    awaitCallers();
    HttpServer server = transport.listen(api);
    opened.add(() -> NodeTransport.finish(server.shutdown(BOUND.toSeconds(), TimeUnit.SECONDS)));
    return server;
  }

  /** So that nobody is turned away only because this node has just started. */
  private void awaitCallers() throws InterruptedException {
    try {
      callers.known().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      log.warn("the cluster does not say who the callers are; until it does, all are told so");
    } catch (ExecutionException e) {
      throw new IllegalStateException("to know the callers never fails", e);
    }
  }

  private String status() {
    if (closed.get()) {
      return InstanceStatus.DRAINING.name();
    }
    return (reachesAny() ? InstanceStatus.UP : InstanceStatus.DOWN).name();
  }

  private Optional<String> notReady() {
    if (closed.get()) {
      return Optional.of("It is leaving.");
    }
    if (!reachesAny()) {
      return Optional.of("Its database does not answer.");
    }
    if (!callers.known().isDone()) {
      return Optional.of("It does not know yet who its callers are.");
    }
    return view.snapshot().isCurrent()
        ? Optional.empty()
        : Optional.of("It cannot reach the cluster, and does not know who owns what.");
  }

  /**
   * Looks at the view itself rather than at the change, one caller at a time, so that an older
   * snapshot never follows a newer one.
   */
  private synchronized void plan() {
    ServiceSnapshot snapshot = view.snapshot();
    if (closed.get() || snapshot.revision().equals(Revision.NONE)) {
      return;
    }
    SortedSet<String> members = PaymentDirectory.members(snapshot, config.id());
    Map<SortedSet<String>, Map<String, SortedSet<Integer>>> byReach = new HashMap<>();
    ledger
        .shardsByDatabase()
        .forEach(
            (database, shards) ->
                byReach
                    .computeIfAbsent(
                        PaymentDirectory.reaching(database, members, snapshot),
                        reaching -> new TreeMap<>())
                    .put(database, shards));
    SortedSet<Integer> mine = new TreeSet<>();
    byReach.forEach(
        (reaching, shards) -> mine.addAll(Assignment.of(reaching, shards).shardsOf(config.id())));
    Set<Integer> kept = new HashSet<>();
    byReach.forEach(
        (reaching, shards) -> {
          if (reaching.contains(config.id())) {
            shards.values().forEach(there -> kept.addAll(there));
          }
        });
    kept.retainAll(gates.shards());
    ownership.want(PaymentDirectory.wanted(mine, kept, snapshot, gates.total()));
  }

  /** In the context of the ownership; only after {@link #plan}, so the registration is there. */
  private void publishShards() {
    String owned = PaymentDirectory.write(gates.owned().stream().map(Fence::shard).toList());
    registration.update(instance -> instance.withMetadata(PaymentDirectory.SHARDS, owned));
  }

  /** The node's name. */
  public String id() {
    return config.id();
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Where others reach it. */
  public String url() {
    return transport.scheme() + "://" + reached;
  }

  /** The shards that it owns right now. */
  public List<Fence> owned() {
    return gates.owned();
  }

  /** What it has done. */
  public Counters counters() {
    return counters;
  }

  /**
   * Completes when another process has taken this node's name, so that the node cannot go on;
   * whoever started it closes it then. Not by {@link #close}.
   */
  public CompletableFuture<Void> succeeded() {
    return name.taken().copy();
  }

  /** Leaves in good order. Idempotent. Blocks, within bounds. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    log.info("payment node {} is leaving", config.id());
    CompletableFuture<Void> drained =
        registration
            .drain(DRAIN)
            .thenAccept(result -> log.info("payment node {}: {}", config.id(), result));
    // At once: the others want the shards as soon as they see it draining.
    await(ownership.releaseAll(BOUND), BOUND);
    await(drained, DRAIN);
    registration.close();
    opened.close();
    log.info("payment node {} has left", config.id());
  }

  private static void await(CompletableFuture<Void> step, Duration bound) {
    step.exceptionally(failure -> null)
        .completeOnTimeout(null, Durations.nanos(bound), TimeUnit.NANOSECONDS)
        .join();
  }
}
