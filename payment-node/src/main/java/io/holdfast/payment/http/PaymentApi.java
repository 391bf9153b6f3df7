package io.holdfast.payment.http;

import io.holdfast.http.server.ClientConnections;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.openapi.OpenApi;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.security.Authentication;
import io.holdfast.payment.security.DeniedException;
import io.holdfast.payment.security.RateLimits;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP interface of a node.
 *
 * <ul>
 *   <li>POST to the routes of the {@link Catalogue}, with the headers Authorization and
 *       Idempotency-Key, and perhaps {@link Headers#TIMEOUT}: the operation's answer, or a problem
 *       (RFC 9457)
 *   <li>GET of accounts, statements, documents and operations: see {@link Queries}
 *   <li>{@code POST /acquirer/notices}: see {@link AcquirerNotices}
 *   <li>{@code GET /openapi.json}: what can be asked, for everybody
 *   <li>{@code GET /live}: 200 as long as the process answers; {@code GET /ready}: 200 if it takes
 *       new requests, else 503 and why; for everybody, as load balancers have no key
 *   <li>{@code GET /health}, {@code GET /shards}, {@code GET /metrics}: about this node, for
 *       operators and auditors
 * </ul>
 *
 * <p>The event loop never blocks: the ledger's lanes work, and reads run on {@link LedgerWorkers}.
 * What a slow or greedy client can hold is bounded by {@link ClientConnections}, what one shard can
 * take from the others by a count of its requests.
 */
public final class PaymentApi {

  private static final Logger LOG = LoggerFactory.getLogger(PaymentApi.class);
  private static final long LARGEST_BODY = 8 * 1024;
  private static final int MOST_CONNECTIONS = 4_000;
  private static final Duration HEAD = Duration.ofSeconds(60);
  private static final Duration BODY = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** Requests of one shard that are being answered: more of them are turned away. */
  private static final int MOST_IN_FLIGHT = 500;

  private static final int UNAUTHENTICATED = 401;
  private static final int TOO_LARGE = 413;

  /** Who may know about this node. */
  static final Set<Role> STAFF = Set.of(Role.OPERATOR, Role.AUDITOR);

  /**
   * Of what it is made.
   *
   * @param node what it says of its node
   * @param catalogue what can be asked
   * @param reads runs queries
   * @param tracer follows requests from node to node
   * @param client reaches other nodes; made for HTTP/1.1
   * @param scheme how nodes, and this one, are spoken to
   * @param owners who owns the shards that this node does not
   * @param authentication who asks
   * @param limits how often one may ask
   * @param acquirer whose notices are believed; empty if there is none
   * @param onFenced told when the ledger refused a fence: the shard is no longer ours
   */
  public record Parts(
      Vertx vertx,
      NodeInfo node,
      Ledger ledger,
      Catalogue catalogue,
      ShardGates gates,
      LedgerWorkers reads,
      Counters counters,
      PaymentMeters meters,
      Tracer tracer,
      HttpClient client,
      Scheme scheme,
      Owners owners,
      Authentication authentication,
      RateLimits limits,
      Optional<AcquirerConfig> acquirer,
      Consumer<Fence> onFenced) {}

  private final Parts parts;
  private final LocalExecution local;
  private final Forwarder forwarder;
  private final ForwardProof proof;
  private final RemoteShards remote;

  /** Requests being answered, by shard. */
  private final AtomicIntegerArray inFlight;

  /** Puts the parts together; {@link #listen} opens the port. */
  public PaymentApi(Parts parts) {
    this.parts = parts;
    NodeInfo node = parts.node();
    int shards = parts.ledger().map().shards();
    this.proof = new ForwardProof(parts.ledger().identity());
    NodeClient nodes =
        NodeClient.of(
            node.id(),
            proof,
            parts.owners(),
            shards,
            parts.client(),
            parts.scheme(),
            node.forwardBudget());
    this.local =
        new LocalExecution(
            parts.ledger(), parts.gates(), parts.counters(), parts.meters(), parts.onFenced());
    this.forwarder =
        new Forwarder(
            parts.vertx(), nodes, parts.owners(), local, parts.counters(), node.forwardBudget());
    this.remote = new HttpRemoteShards(nodes);
    this.inFlight = new AtomicIntegerArray(shards);
  }

  /** How the ledger reaches the owners of other shards. */
  public RemoteShards remoteShards() {
    return remote;
  }

  /**
   * Opens the port; 0 lets the system choose one.
   *
   * @param options with what is needed for TLS
   */
  public Future<HttpServer> listen(HttpServerOptions options, String host, int port) {
    return listen(
        options,
        host,
        port,
        new ClientConnections(parts.vertx(), MOST_CONNECTIONS, HEAD, BODY, ANSWER));
  }

  Future<HttpServer> listen(
      HttpServerOptions options, String host, int port, ClientConnections connections) {
    options.setHost(host).setPort(port).setMaxInitialLineLength(1024).setMaxHeaderSize(8 * 1024);
    return connections.listen(options, router(connections));
  }

  Router router(ClientConnections connections) {
    Router router = Router.router(parts.vertx());
    router.route().handler(connections.handler());
    router.route().handler(PaymentApi::checkHeaders);
    for (Operation<?> operation : parts.catalogue().operations()) {
      if (!operation.roles().equals(Set.of(Role.SYSTEM))) {
        post(router, connections, operation);
      }
    }
    new BranchRoutes(parts.vertx(), parts.ledger(), parts.gates(), proof, parts.tracer())
        .add(router, connections);
    new ShardRoutes(parts.vertx(), parts.node().id(), parts.ledger(), parts.gates(), this::caller)
        .add(router, connections);
    new Queries(
            parts.vertx(), parts.ledger().reader(), parts.catalogue(), parts.reads(), this::caller)
        .add(router);
    parts
        .acquirer()
        .map(acquirer -> new AcquirerNotices(acquirer, forwarder, parts.node().nanoTime()))
        .ifPresent(notices -> notices.add(router, connections));
    String description = OpenApi.of(parts.catalogue().scenarios()).toString();
    router.get("/openapi.json").handler(context -> send(context, Answer.json(200, description)));
    router.get("/live").handler(context -> send(context, live()));
    router.get("/ready").handler(context -> send(context, ready()));
    router.get("/health").handler(context -> forStaff(context, this::health));
    router.get("/metrics").handler(this::metrics);
    router.errorHandler(404, context -> send(context, nothingHere(context)));
    router.errorHandler(405, context -> send(context, Problem.methodNotAllowed().answer()));
    router.route().failureHandler(context -> failed(context, connections));
    return router;
  }

  private void post(Router router, ClientConnections connections, Operation<?> operation) {
    router
        .post(operation.route().path().replaceAll("\\{([a-zA-Z]+)}", ":$1"))
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
        .handler(
            context -> {
              connections.read(context.request());
              Observed observed =
                  Observed.begin(context, operation.type(), parts.tracer(), parts.meters());
              PaymentRequest<?> request =
                  PaymentRequest.read(
                      context,
                      operation,
                      parts.authentication(),
                      proof,
                      parts.ledger().map(),
                      parts.node().nanoTime());
              observed.is(request, local.shardOf(request));
              instruct(context, request);
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

  private void instruct(RoutingContext context, PaymentRequest<?> request) {
    if (request.forward().isEmpty()) {
      parts.limits().require(request.identity().caller());
    }
    int shard = local.shardOf(request);
    if (inFlight.incrementAndGet(shard) > MOST_IN_FLIGHT) {
      inFlight.decrementAndGet(shard);
      parts.counters().add(Count.SATURATED);
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
    if (context.get(PaymentRequest.NONCE) instanceof String nonce) {
      context.response().putHeader(Headers.FORWARD_PROOF, proof.ofAnswer(nonce, answer));
    }
    Observed.of(context).ifPresent(observed -> observed.answered(answer, context.response()));
    answer.send(context.response());
  }

  private Future<Answer> here(PaymentRequest<?> request) {
    return Future.fromCompletionStage(local.execute(request), parts.vertx().getOrCreateContext())
        .map(answer -> answer.orElseGet(() -> Problem.notOwner(local.shardOf(request)).answer()));
  }

  private Answer live() {
    return Answer.json(200, new JsonObject().put("node", parts.node().id()));
  }

  private Answer ready() {
    return parts
        .node()
        .notReady()
        .get()
        .map(why -> Problem.notReady(why).answer())
        .orElseGet(this::live);
  }

  /** Who asks; throws if that is not known, or asks too often. */
  private Caller caller(RoutingContext context) {
    Caller caller = parts.authentication().of(context).caller();
    parts.limits().require(caller);
    return caller;
  }

  private void forStaff(RoutingContext context, Supplier<Answer> answer) {
    Authentication.requireAny(caller(context), STAFF);
    send(context, answer.get());
  }

  private Answer health() {
    return Answer.json(
        200,
        new JsonObject()
            .put("status", parts.node().status().get())
            .put("node", parts.node().id())
            .put("shardsOwned", parts.gates().owned().size())
            .put("shardsTotal", parts.gates().total()));
  }

  private void metrics(RoutingContext context) {
    Authentication.requireAny(caller(context), STAFF);
    Future.fromCompletionStage(parts.meters().scrape(), parts.vertx().getOrCreateContext())
        .onComplete(
            text -> send(context, Answer.text(PaymentMeters.MEDIA_TYPE, text)), context::fail);
  }

  private static Answer nothingHere(RoutingContext context) {
    return Problem.noSuchResource(context.request().method() + " " + context.request().path())
        .answer();
  }

  private void failed(RoutingContext context, ClientConnections connections) {
    if (context.response().closed() || context.failure() instanceof HttpClosedException) {
      LOG.debug("the client has gone before it was answered", context.failure());
      return;
    }
    Problem problem = problem(context);
    if (problem.status() == TOO_LARGE) {
      ClientConnections.closeAfterAnswer(context);
    }
    if (problem.status() == UNAUTHENTICATED && context.get(PaymentRequest.NONCE) == null) {
      connections.denied(context);
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
    if (cause instanceof DeniedException denied) {
      denied.denial().headers().forEach(context.response()::putHeader);
      return Problem.of(denied.denial());
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
    LOG.atError()
        .setCause(cause)
        .addKeyValue("trace", Observed.of(context).map(Observed::traceId).orElse("none"))
        .log("a request failed by a fault of this node");
    return Problem.internal();
  }
}
