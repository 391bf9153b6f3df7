package io.holdfast.payment.http;

import io.holdfast.http.server.ClientConnections;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.MovedShard;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.ShardPlacement;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.security.Authentication;
import io.holdfast.payment.shard.ShardGates;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Where shards are: {@code GET /shards} for operators and auditors, and for operators {@code POST
 * /shards/{shard}/move} {to}, at the node that owns it. It answers when the shard is there, which
 * takes as long as copying it.
 */
final class ShardRoutes {

  private static final long LARGEST_BODY = 1024;

  private final Vertx vertx;
  private final String node;
  private final Ledger ledger;
  private final ShardGates gates;
  private final Function<RoutingContext, Caller> callers;

  /**
   * Routes.
   *
   * @param callers who asks; throws if they may not
   */
  ShardRoutes(
      Vertx vertx,
      String node,
      Ledger ledger,
      ShardGates gates,
      Function<RoutingContext, Caller> callers) {
    this.vertx = vertx;
    this.node = node;
    this.ledger = ledger;
    this.gates = gates;
    this.callers = callers;
  }

  /** What is asked. */
  record Move(String to) {}

  void add(Router router, ClientConnections connections) {
    router
        .get("/shards")
        .handler(
            context -> {
              Authentication.requireAny(callers.apply(context), PaymentApi.STAFF);
              shards().send(context.response());
            });
    router
        .postWithRegex("/shards/(?<shard>[0-9]{1,4})/move")
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
        .handler(
            context -> {
              connections.read(context.request());
              move(context);
            });
  }

  private Answer shards() {
    ShardPlacement placement = ledger.placement();
    JsonObject databases = new JsonObject();
    placement.counts().forEach(databases::put);
    JsonArray owned = new JsonArray();
    gates
        .owned()
        .forEach(
            fence ->
                owned.add(
                    new JsonObject()
                        .put("shard", fence.shard())
                        .put("token", fence.token().toString())
                        .put("database", placement.shards().get(fence.shard()).database())));
    return Answer.json(
        200,
        new JsonObject()
            .put("node", node)
            .put("placementVersion", placement.version())
            .put("databases", databases)
            .put("shards", owned));
  }

  private void move(RoutingContext context) {
    Authentication.requireAny(callers.apply(context), Set.of(Role.OPERATOR));
    int shard = Integer.parseInt(context.pathParam("shard"));
    if (shard >= gates.total()) {
      throw new ProblemException(Problem.invalid("there is no shard " + shard));
    }
    CompletableFuture<MovedShard> moved;
    try {
      String body = context.body().isEmpty() ? "" : context.body().asString();
      moved = ledger.move(shard, Json.read(body, Move.class).to());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
    CompletableFuture<Answer> answer =
        moved.handle(
            (done, failure) ->
                failure == null ? Answer.json(200, Json.write(done)) : failed(shard, failure));
    Future.fromCompletionStage(answer, vertx.getOrCreateContext())
        .onComplete(done -> done.send(context.response()), context::fail);
  }

  private static Answer failed(int shard, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StaleOwnerException) {
      return Problem.notOwner(shard).answer();
    }
    if (cause instanceof LedgerUnavailableException) {
      return Problem.notMoved(String.valueOf(cause.getMessage())).answer();
    }
    throw new CompletionException(cause);
  }
}
