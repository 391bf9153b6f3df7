package io.holdfast.payment.http;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.old.Account;
import io.holdfast.payment.old.Ledger;
import io.holdfast.payment.shard.ShardGates;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP interface of a node.
 *
 * <ul>
 *   <li>{@code POST /accounts} {id?, currency, openingBalance} and {@code POST /transfers} {from,
 *       to, amount, currency}, both with the header Idempotency-Key: 201, or a problem
 *   <li>{@code GET /accounts/{id}}: balance as last committed
 *   <li>{@code GET /operations/{key}}: what became of the request with this key, as last committed
 *   <li>{@code GET /live}: 200 as long as the process answers; {@code GET /ready}: 200 if it takes
 *       new requests, else 503 and why
 *   <li>{@code GET /health}, {@code GET /shards}, {@code GET /metrics}: about this node
 * </ul>
 *
 * <p>The event loop never blocks: the ledger runs on its {@link LedgerWorkers}, with threads of
 * their own for reads, lest many reads turn payments away. What a slow or greedy client can hold is
 * bounded by {@link ClientConnections}, what one shard can take from the others by {@link
 * ShardLanes} and a count of its requests.
 */
public final class PaymentApi {

  private static final Logger LOG = LoggerFactory.getLogger(PaymentApi.class);
  private static final long LARGEST_BODY = 8 * 1024;
  private static final int MOST_CONNECTIONS = 4_000;
  private static final Duration HEAD = Duration.ofSeconds(60);
  private static final Duration BODY = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** Requests of all shards together, and of each at least: those of one are no other's loss. */
  private static final int MOST_IN_FLIGHT = 2_000;

  private static final int LEAST_IN_FLIGHT = 16;

  private static final int TOO_LARGE = 413;

  /** Where a request that was forwarded keeps its number. */
  private static final String NONCE = "forward-nonce";

  private final Vertx vertx;
  private final NodeInfo node;
  private final Ledger ledger;
  private final ShardGates gates;
  private final LedgerWorkers reads;
  private final Counters counters;
  private final LocalExecution local;
  private final Forwarder forwarder;
  private final ForwardProof proof;

  /** Requests being answered, by shard. */
  private final AtomicIntegerArray inFlight;

  private final int mostInFlight;

  /**
   * Puts the parts together; {@link #listen} opens the port.
   *
   * @param writes runs instructions
   * @param reads runs queries
   * @param onFenced told when the ledger refused a fence: the shard is no longer ours
   */
  public PaymentApi(
      Vertx vertx,
      NodeInfo node,
      Ledger ledger,
      ShardGates gates,
      LedgerWorkers writes,
      LedgerWorkers reads,
      Counters counters,
      Owners owners,
      Consumer<Fence> onFenced) {
    this.vertx = vertx;
    this.node = node;
    this.ledger = ledger;
    this.gates = gates;
    this.reads = reads;
    this.counters = counters;
    this.proof = new ForwardProof(ledger.identity());
    this.local = new LocalExecution(ledger, gates, writes, counters, onFenced);
    this.forwarder =
        new Forwarder(vertx, owners, local, counters, proof, node.id(), node.forwardBudget());
    this.inFlight = new AtomicIntegerArray(local.shards());
    this.mostInFlight = Math.max(LEAST_IN_FLIGHT, MOST_IN_FLIGHT / local.shards());
  }

  /** Opens the port; 0 lets the system choose one. */
  public Future<HttpServer> listen(String host, int port) {
    return listen(host, port, new ClientConnections(vertx, MOST_CONNECTIONS, HEAD, BODY, ANSWER));
  }

  Future<HttpServer> listen(String host, int port, ClientConnections connections) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setMaxInitialLineLength(1024)
            .setMaxHeaderSize(8 * 1024);
    return connections.listen(options, router(connections));
  }

  private Router router(ClientConnections connections) {
    Router router = Router.router(vertx);
    router.route().handler(connections.handler());
    router.route().handler(PaymentApi::checkHeaders);
    post(router, connections, InstructionJson.ACCOUNTS, InstructionJson::opening);
    post(
        router,
        connections,
        InstructionJson.TRANSFERS,
        (body, key) -> InstructionJson.transfer(body));
    router.get("/accounts/:id").handler(this::account);
    router.get("/operations/:key").handler(this::operation);
    router.get("/live").handler(context -> send(context, live()));
    router.get("/ready").handler(context -> send(context, ready()));
    router.get("/health").handler(context -> send(context, health()));
    router.get("/shards").handler(context -> send(context, shards()));
    router.get("/metrics").handler(context -> send(context, metrics()));
    router.errorHandler(404, context -> send(context, nothingHere(context)));
    router.errorHandler(405, context -> send(context, Problem.methodNotAllowed().answer()));
    router.route().failureHandler(this::failed);
    return router;
  }

  private void post(
      Router router, ClientConnections connections, String path, PaymentRequest.Reader reader) {
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
        .handler(
            context -> {
              connections.read(context.request());
              instruct(context, PaymentRequest.read(context, reader, proof));
            });
  }

  /** What two readers might understand differently is refused before anything is made of it. */
  private static void checkHeaders(RoutingContext context) {
    MultiMap headers = context.request().headers();
    if (headers.getAll("Host").size() > 1) {
      throw new ProblemException(Problem.invalid("send one header Host"));
    }
    String encoding = headers.get("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new ProblemException(Problem.encoded());
    }
    context.next();
  }

  private void instruct(RoutingContext context, PaymentRequest request) {
    request.forward().ifPresent(nonce -> context.put(NONCE, nonce));
    int shard = local.shardOf(request);
    if (inFlight.incrementAndGet(shard) > mostInFlight) {
      inFlight.decrementAndGet(shard);
      counters.add(Count.SATURATED);
      send(context, Problem.saturated().answer());
      return;
    }
    Future<Answer> answer =
        request.forward().isPresent() ? here(request) : forwarder.answer(request);
    answer.onComplete(
        done -> {
          inFlight.decrementAndGet(shard);
          send(context, done);
        },
        failure -> {
          inFlight.decrementAndGet(shard);
          context.fail(failure);
        });
  }

  /** The answer to a forward is signed, whatever it says. */
  private void send(RoutingContext context, Answer answer) {
    if (context.get(NONCE) instanceof String nonce) {
      context.response().putHeader(Headers.FORWARD_PROOF, proof.ofAnswer(nonce, answer));
    }
    answer.send(context.response());
  }

  private Future<Answer> here(PaymentRequest request) {
    return Future.fromCompletionStage(local.execute(request), vertx.getOrCreateContext())
        .map(answer -> answer.orElseGet(() -> Problem.notOwner(local.shardOf(request)).answer()));
  }

  private void account(RoutingContext context) {
    AccountId id = parameter(context, "id", AccountId::new);
    read(
        context,
        () ->
            ledger
                .find(id)
                .map(PaymentApi::describe)
                .orElseGet(() -> Problem.unknownAccount(id.value()).answer()));
  }

  private void operation(RoutingContext context) {
    IdempotencyKey key = parameter(context, "key", IdempotencyKey::new);
    read(
        context,
        () ->
            ledger
                .find(key)
                .map(receipt -> Answer.json(200, InstructionJson.write(receipt)))
                .orElseGet(() -> Problem.unknownOperation().answer()));
  }

  private static <T> T parameter(RoutingContext context, String name, Function<String, T> form) {
    try {
      return form.apply(context.pathParam(name));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }

  private void read(RoutingContext context, Supplier<Answer> query) {
    Future.fromCompletionStage(reads.run(query), vertx.getOrCreateContext())
        .onComplete(answer -> send(context, answer), context::fail);
  }

  private static Answer describe(Account account) {
    return Answer.json(
        200,
        new JsonObject()
            .put("id", account.id().value())
            .put("shard", account.shard())
            .put("balance", account.balance().minorUnits())
            .put("currency", account.balance().currency())
            .put("exponent", account.balance().exponent()));
  }

  private Answer live() {
    return Answer.json(200, new JsonObject().put("node", node.id()));
  }

  private Answer ready() {
    return node.notReady().get().map(why -> Problem.notReady(why).answer()).orElseGet(this::live);
  }

  private Answer health() {
    return Answer.json(
        200,
        new JsonObject()
            .put("status", node.status().get())
            .put("node", node.id())
            .put("shardsOwned", gates.owned().size())
            .put("shardsTotal", gates.total()));
  }

  private Answer shards() {
    List<JsonObject> owned =
        gates.owned().stream()
            .map(
                fence ->
                    new JsonObject()
                        .put("shard", fence.shard())
                        .put("token", fence.token().toString()))
            .toList();
    return Answer.json(
        200, new JsonObject().put("node", node.id()).put("shards", new JsonArray(owned)));
  }

  private Answer metrics() {
    JsonObject body = new JsonObject().put("node", node.id());
    counters.snapshot().forEach(body::put);
    return Answer.json(200, body);
  }

  private static Answer nothingHere(RoutingContext context) {
    return Problem.noSuchResource(context.request().method() + " " + context.request().path())
        .answer();
  }

  private void failed(RoutingContext context) {
    if (context.response().closed() || context.failure() instanceof HttpClosedException) {
      LOG.debug("the client has gone before it was answered", context.failure());
      return;
    }
    Problem problem = problem(context);
    if (problem.status() == TOO_LARGE) {
      // What it still sends is nothing that we want to read.
      context.response().putHeader("Connection", "close");
      context.addEndHandler(ended -> context.request().connection().close());
    }
    send(context, problem.answer());
  }

  private static Problem problem(RoutingContext context) {
    Throwable failure = context.failure();
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ProblemException known) {
      return known.problem();
    }
    if (cause instanceof LedgerUnavailableException) {
      return Problem.unavailable();
    }
    if (cause instanceof RejectedExecutionException) {
      return Problem.saturated();
    }
    if (context.statusCode() == TOO_LARGE) {
      return Problem.tooLarge(LARGEST_BODY);
    }
    if (context.statusCode() >= 400 && context.statusCode() < 500) {
      return Problem.invalid("the request could not be read");
    }
    LOG.error("a request failed by a fault of this node", cause);
    return Problem.internal();
  }
}
