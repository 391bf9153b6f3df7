package io.holdfast.payment.http;

import io.holdfast.payment.http.PaymentRequest.Hop;
import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.shard.ShardGates;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP interface of a node.
 *
 * <ul>
 *   <li>{@code POST /accounts} {id?, currency, openingBalance} and {@code POST /transfers} {from,
 *       to, amount, currency}, both with the header Idempotency-Key: 201, or a problem
 *   <li>{@code GET /accounts/{id}}: balance as last committed
 *   <li>{@code GET /health}, {@code GET /shards}, {@code GET /metrics}: about this node
 * </ul>
 *
 * <p>The event loop never blocks: the ledger runs on its {@link LedgerWorkers}.
 */
public final class PaymentApi {

  private static final Logger LOG = LoggerFactory.getLogger(PaymentApi.class);
  private static final long LARGEST_BODY = 8 * 1024;
  private static final int MOST_IN_FLIGHT = 2_000;
  private static final int IDLE_SECONDS = 60;

  private final Vertx vertx;
  private final NodeInfo node;
  private final Ledger ledger;
  private final ShardGates gates;
  private final LedgerWorkers workers;
  private final Counters counters;
  private final LocalExecution local;
  private final Forwarder forwarder;

  /** Requests being answered. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * Puts the parts together; {@link #listen} opens the port.
   *
   * @param onFenced told when the ledger refused a fence: the shard is no longer ours
   */
  public PaymentApi(
      Vertx vertx,
      NodeInfo node,
      Ledger ledger,
      ShardGates gates,
      LedgerWorkers workers,
      Counters counters,
      Owners owners,
      Consumer<Fence> onFenced) {
    this.vertx = vertx;
    this.node = node;
    this.ledger = ledger;
    this.gates = gates;
    this.workers = workers;
    this.counters = counters;
    this.local = new LocalExecution(ledger, gates, workers, counters, onFenced);
    this.forwarder = new Forwarder(vertx, owners, local, counters, node.id(), node.forwardBudget());
  }

  /** Opens the port; 0 lets the system choose one. */
  public Future<HttpServer> listen(String host, int port) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setMaxInitialLineLength(1024)
            .setMaxHeaderSize(8 * 1024)
            .setIdleTimeout(IDLE_SECONDS);
    return vertx.createHttpServer(options).requestHandler(router()).listen();
  }

  private Router router() {
    Router router = Router.router(vertx);
    BodyHandler body = BodyHandler.create(false).setBodyLimit(LARGEST_BODY);
    router.post(InstructionJson.ACCOUNTS).handler(body).handler(this::instruct);
    router.post(InstructionJson.TRANSFERS).handler(body).handler(this::instruct);
    router.get("/accounts/:id").handler(this::account);
    router.get("/health").handler(context -> health().send(context.response()));
    router.get("/shards").handler(context -> shards().send(context.response()));
    router.get("/metrics").handler(context -> metrics().send(context.response()));
    router.route().last().handler(PaymentApi::nothingHere);
    router.route().failureHandler(PaymentApi::failed);
    return router;
  }

  private void instruct(RoutingContext context) {
    PaymentRequest request = PaymentRequest.read(context);
    if (inFlight.incrementAndGet() > MOST_IN_FLIGHT) {
      inFlight.decrementAndGet();
      counters.add(Count.SATURATED);
      Problem.saturated().answer().send(context.response());
      return;
    }
    Future<Answer> answer =
        request.hop() == Hop.FORWARDED ? here(request) : forwarder.answer(request);
    answer.onComplete(
        done -> {
          inFlight.decrementAndGet();
          done.send(context.response());
        },
        failure -> {
          inFlight.decrementAndGet();
          context.fail(failure);
        });
  }

  private Future<Answer> here(PaymentRequest request) {
    return Future.fromCompletionStage(local.execute(request), vertx.getOrCreateContext())
        .map(answer -> answer.orElseGet(() -> Problem.notOwner(local.shardOf(request)).answer()));
  }

  private void account(RoutingContext context) {
    AccountId id;
    try {
      id = new AccountId(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
    Future.fromCompletionStage(workers.run(() -> ledger.find(id)), vertx.getOrCreateContext())
        .onComplete(
            found ->
                found
                    .map(PaymentApi::describe)
                    .orElseGet(() -> Problem.unknownAccount(id.value()).answer())
                    .send(context.response()),
            context::fail);
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

  private static void nothingHere(RoutingContext context) {
    Problem.noSuchResource(context.request().method() + " " + context.request().path())
        .answer()
        .send(context.response());
  }

  private static void failed(RoutingContext context) {
    problem(context).answer().send(context.response());
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
    if (context.statusCode() == 413) {
      return Problem.tooLarge(LARGEST_BODY);
    }
    if (context.statusCode() >= 400 && context.statusCode() < 500) {
      return Problem.invalid("the request could not be read");
    }
    LOG.error("a request failed by a fault of this node", cause);
    return Problem.internal();
  }
}
