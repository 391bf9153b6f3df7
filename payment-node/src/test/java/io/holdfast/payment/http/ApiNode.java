package io.holdfast.payment.http;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.http.server.ClientConnections;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import io.holdfast.payment.security.Authentication;
import io.holdfast.payment.security.CallerKeys;
import io.holdfast.payment.security.RateLimits;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.OneNode;
import io.holdfast.payment.trace.SpanRecord;
import io.holdfast.payment.trace.Tracer;
import io.holdfast.testkit.memory.MemoryCluster;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The HTTP side of a node without a cluster: its gates and its news of others are set by hand. */
final class ApiNode implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final ShardGates gates = new ShardGates(Bank.MAP.shards());
  final Counters counters = new Counters();
  final List<SpanRecord> spans = new CopyOnWriteArrayList<>();
  final Tracer tracer = new Tracer(spans::add, 0);
  final List<Fence> fenced = new CopyOnWriteArrayList<>();

  /** Whom this node believes to own every shard that it does not. */
  final OneNode owner = new OneNode();

  static final String ACQUIRER_KEY = "the-acquirers-key";

  volatile Optional<String> notReady = Optional.empty();

  /** By which its requests expire. */
  volatile LongSupplier nanoTime = System::nanoTime;

  final Ledger ledger;
  final Catalogue catalogue;
  private final PaymentApi api;
  private final Vertx vertx = Vertx.vertx();
  final LedgerWorkers reads = new LedgerWorkers("read", 1);
  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator;
  private final CallerKeys callers;
  private final int port;

  private ApiNode(Bank bank, String id, Duration budget) throws Exception {
    ledger = bank.ledger(id);
    catalogue =
        new Catalogue(
            Approvals.over(
                List.of(
                    new WalletScenario(),
                    new PurchaseScenario(
                        Bank.MAP,
                        ledger.identity(),
                        (merchant, after, until, terms) ->
                            CompletableFuture.failedFuture(new IllegalStateException())),
                    new TopUpScenario(new NoAcquirer()),
                    new LendingScenario())));
    CoordinatorOptions options = CoordinatorOptions.defaults();
    coordinator = Coordinator.connect(cluster.client(id, options), options, "memory");
    callers = new CallerKeys(coordinator);
    callers.known().get(30, TimeUnit.SECONDS);
    api =
        new PaymentApi(
            new PaymentApi.Parts(
                vertx,
                new NodeInfo(id, () -> "UP", () -> notReady, budget, () -> nanoTime.getAsLong()),
                ledger,
                catalogue,
                gates,
                reads,
                counters,
                new PaymentMeters(
                    catalogue.operations().stream().map(Operation::type).toList(),
                    counters,
                    gates::shards,
                    ledger),
                tracer,
                CLIENT,
                Scheme.HTTP,
                owner.owners(),
                new Authentication(callers, Authentication.Mode.OPEN),
                new RateLimits(Map.of()),
                Optional.of(AcquirerConfig.of(URI.create("http://localhost:1"), ACQUIRER_KEY)),
                fenced::add));
    port =
        api.listen(new HttpServerOptions(), "127.0.0.1", 0)
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .actualPort();
  }

  private static final class NoAcquirer implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return CompletableFuture.failedFuture(new IllegalStateException());
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return CompletableFuture.failedFuture(new IllegalStateException());
    }
  }

  static ApiNode start(Bank bank, String id, Duration budget) throws Exception {
    return new ApiNode(bank, id, budget);
  }

  void serveAll(long token) {
    Bank.seal(ledger, token);
    for (int shard = 0; shard < Bank.MAP.shards(); shard++) {
      gates.open(new Fence(shard, Bank.token(token)), () -> true);
    }
  }

  /** How its ledger reaches the owners of other shards. */
  RemoteShards remote() {
    return api.remoteShards();
  }

  int port() {
    return port;
  }

  record Reply(HttpResponse<String> raw) {
    int status() {
      return raw.statusCode();
    }

    JsonObject body() {
      return new JsonObject(raw.body());
    }

    /** The problem's type, without what all have in common. */
    String problem() {
      return raw.headers().firstValue("Content-Type").orElse("").equals(Problem.MEDIA_TYPE)
          ? body().getString("type").replace(Problem.TYPE_PREFIX, "")
          : "none";
    }
  }

  Reply postAs(String caller, String path, String key, String body)
      throws IOException, InterruptedException {
    return post(path, key, body, "Authorization", "Bearer " + caller);
  }

  Reply post(String path, String key, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header(Headers.IDEMPOTENCY_KEY, key);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new Reply(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  List<Route> routes() {
    Duration patience = Duration.ofMinutes(1);
    return api.router(new ClientConnections(vertx, 1, patience, patience, patience)).getRoutes();
  }

  Reply get(String path) throws IOException, InterruptedException {
    return getAs("anybody", path);
  }

  Reply getAs(String caller, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + caller)
            .build();
    return new Reply(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    reads.close();
    callers.close();
    coordinator.close();
    cluster.close();
  }
}
