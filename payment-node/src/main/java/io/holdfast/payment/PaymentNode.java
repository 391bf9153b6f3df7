package io.holdfast.payment;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.Locks;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.http.LedgerWorkers;
import io.holdfast.payment.http.NodeInfo;
import io.holdfast.payment.http.PaymentApi;
import io.holdfast.payment.ledger.Database;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.shard.Assignment;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.shard.ShardOwnership;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One payment node: as a program, see {@link PaymentCommand}; in a process of yours, {@link
 * #start}.
 *
 * <p>A node registers itself as {@code payment}, goes for the locks of the shards that the {@link
 * Assignment} over all registered nodes gives it, seals each in the ledger, and serves it. What it
 * owns stands in its registration, see {@link PaymentDirectory}. {@link #close} leaves in good
 * order: shards first, then the registration, then the port.
 */
public final class PaymentNode implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final Duration ANNOUNCEMENT = Duration.ofSeconds(2);

  /** Not static: as a program, logging is set up in {@link #main}. */
  private final Logger log = LoggerFactory.getLogger(PaymentNode.class);

  private final NodeConfig config;
  private final CloseStack opened;
  private final Counters counters = new Counters();
  private final ShardGates gates;
  private final ServiceView view;
  private final ShardOwnership ownership;
  private final Registration registration;
  private final int port;
  private final AtomicBoolean closed = new AtomicBoolean();

  private PaymentNode(NodeConfig config, Connector connector, CloseStack opened)
      throws IOException, InterruptedException {
    this.config = config;
    this.opened = opened;
    this.gates = new ShardGates(config.map().shards());
    Database database = opened.add(Database.open(config.database(), config.map()));
    Coordinator coordinator = opened.add(connector.connect());
    Registry registry = opened.add(new Registry(coordinator));
    view = opened.add(registry.view(PaymentDirectory.SERVICE));
    Ledger ledger = new Ledger(database, config.map(), config.id());
    ownership =
        opened.add(
            new ShardOwnership(
                new Locks(coordinator), ledger, gates, counters, this::publishShards));
    HttpServer server = serve(ledger, database.poolSize() - ShardOwnership.sealers());
    port = server.actualPort();
    registration =
        registry.register(
            ServiceInstance.http(PaymentDirectory.SERVICE, config.id(), config.host(), port)
                .withMetadata(PaymentDirectory.SHARDS, ""));
    view.onChange(change -> plan());
    plan();
    log.info(
        "payment node {} listens on http://{}:{} and is registered",
        config.id(),
        config.host(),
        port);
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
            .withSessionTimeout(config.sessionTimeout());
    return start(config, () -> Coordinator.connect(config.cluster(), options));
  }

  /** Opens the connection to the cluster. */
  interface Connector {
    Coordinator connect();
  }

  static PaymentNode start(NodeConfig config, Connector connector)
      throws IOException, InterruptedException {
    CloseStack opened = new CloseStack();
    try {
      return new PaymentNode(config, connector, opened);
    } catch (RuntimeException | IOException | InterruptedException e) {
      opened.close();
      throw e;
    }
  }

  private HttpServer serve(Ledger ledger, int threads) throws IOException {
    LedgerWorkers workers = opened.add(new LedgerWorkers(threads));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
    opened.add(() -> finish(vertx.close()));
    PaymentApi api =
        new PaymentApi(
            vertx,
            new NodeInfo(config.id(), this::status, config.forwardBudget()),
            ledger,
            gates,
            workers,
            counters,
            new PaymentDirectory(view).ownersApartFrom(config.id(), config.map().shards()),
            ownership::fenced);
    HttpServer server = listen(api);
    opened.add(() -> finish(server.shutdown(BOUND.toSeconds(), TimeUnit.SECONDS)));
    return server;
  }

  private HttpServer listen(PaymentApi api) throws IOException {
    try {
      return finish(api.listen(config.host(), config.port()));
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on " + config.host() + ":" + config.port() + ": " + cause.getMessage(),
          cause);
    }
  }

  private static <T> T finish(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private String status() {
    return closed.get() ? InstanceStatus.DRAINING.name() : InstanceStatus.UP.name();
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
    Set<String> members = PaymentDirectory.members(snapshot, config.id());
    ownership.want(Assignment.of(members, config.map().shards()).shardsOf(config.id()));
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

  /** The shards that it owns right now. */
  public List<Fence> owned() {
    return gates.owned();
  }

  /** What it has done. */
  public Counters counters() {
    return counters;
  }

  /** Leaves in good order. Idempotent. Blocks, within bounds. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    log.info("payment node {} is leaving", config.id());
    await(registration.updateStatus(InstanceStatus.DRAINING), ANNOUNCEMENT);
    await(ownership.releaseAll(BOUND), BOUND);
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
