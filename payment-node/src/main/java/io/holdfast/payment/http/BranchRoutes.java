package io.holdfast.payment.http;

import io.holdfast.http.server.ClientConnections;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.shard.ShardPass;
import io.holdfast.payment.trace.Span;
import io.holdfast.payment.trace.TraceContext;
import io.holdfast.payment.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * What owners of shards ask of each other for transactions over several shards, see {@link
 * HttpRemoteShards}. Only nodes of the same ledger are heard.
 */
final class BranchRoutes {

  private static final long LARGEST_BODY = 256 * 1024;
  private static final String PREFIX = "/internal/shards/";

  private final Vertx vertx;
  private final Ledger ledger;
  private final ShardGates gates;
  private final ForwardProof proof;
  private final Tracer tracer;

  BranchRoutes(Vertx vertx, Ledger ledger, ShardGates gates, ForwardProof proof, Tracer tracer) {
    this.tracer = tracer;
    this.vertx = vertx;
    this.ledger = ledger;
    this.gates = gates;
    this.proof = proof;
  }

  static String preparePath(int shard) {
    return PREFIX + shard + "/branches";
  }

  static String settlePath(int shard) {
    return PREFIX + shard + "/settlements";
  }

  void add(Router router, ClientConnections connections) {
    add(router, connections, "branches", (shard, body) -> prepare(shard, body));
    add(router, connections, "settlements", (shard, body) -> settle(shard, body));
  }

  private CompletableFuture<String> prepare(int shard, String body) {
    HttpRemoteShards.Prepare asked = Json.read(body, HttpRemoteShards.Prepare.class);
    return ledger
        .prepareHere(shard, asked.branch(), asked.body())
        .thenApply(refusal -> Json.write(new HttpRemoteShards.Prepared(refusal)));
  }

  private CompletableFuture<String> settle(int shard, String body) {
    HttpRemoteShards.Settle asked = Json.read(body, HttpRemoteShards.Settle.class);
    CompletableFuture<Void> settled =
        asked.branches().isEmpty()
            ? ledger.settled(shard)
            : ledger.settleHere(shard, asked.branches(), asked.commit());
    return settled.thenApply(done -> "{}");
  }

  private void add(
      Router router,
      ClientConnections connections,
      String what,
      BiFunction<Integer, String, CompletableFuture<String>> work) {
    router
        .postWithRegex(PREFIX + "(?<shard>[0-9]{1,4})/" + what)
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
        .handler(
            context -> {
              connections.read(context.request());
              handle(context, what, work);
            });
  }

  private void handle(
      RoutingContext context,
      String what,
      BiFunction<Integer, String, CompletableFuture<String>> work) {
    HttpServerRequest request = context.request();
    String nonce = request.getHeader(Headers.FORWARD_NONCE);
    String shown = request.getHeader(Headers.FORWARD_PROOF);
    String body = context.body().isEmpty() ? "" : context.body().asString();
    if (nonce == null
        || shown == null
        || !proof.provesRequest(shown, nonce, "", "", request.path(), body)) {
      throw new ProblemException(Problem.otherLedger());
    }
    int shard = Integer.parseInt(context.pathParam("shard"));
    if (shard >= gates.total()) {
      send(context, nonce, Problem.notOwner(shard).answer());
      return;
    }
    // A closed gate turns nobody away here: what is finished before a shard is handed over may need
    // this one, and whether it is still ours, the ledger knows. An open one counts who is inside.
    Optional<ShardPass> pass = gates.enter(shard);
    CompletableFuture<Answer> answer =
        work.apply(shard, body)
            .handle(
                (json, failure) ->
                    failure == null ? Answer.json(200, json) : failed(shard, failure));
    List<Span> spans = spans(request, what, shard);
    answer.whenComplete(
        (done, failure) -> {
          pass.ifPresent(ShardPass::close);
          spans.forEach(span -> span.end(done == null || done.status() >= 500));
        });
    Future.fromCompletionStage(answer, vertx.getOrCreateContext())
        .onComplete(done -> send(context, nonce, done), context::fail);
  }

  /** One in each trace that it belongs to. */
  private List<Span> spans(HttpServerRequest request, String what, int shard) {
    String listed = request.getHeader(Headers.TRACES);
    Stream<List<String>> traces =
        listed == null
            ? Stream.of(request.headers().getAll(TraceContext.HEADER))
            : Stream.of(listed.split(",")).map(List::of);
    return traces
        .map(each -> tracer.begin(what, each).with("payment.shard", Integer.toString(shard)))
        .toList();
  }

  private static Answer failed(int shard, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof StaleOwnerException
        ? Problem.notOwner(shard).answer()
        : Problem.outcomeUnknown().answer();
  }

  private void send(RoutingContext context, String nonce, Answer answer) {
    context.response().putHeader(Headers.FORWARD_PROOF, proof.ofAnswer(nonce, answer));
    answer.send(context.response());
  }
}
