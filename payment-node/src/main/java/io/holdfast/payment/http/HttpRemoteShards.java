package io.holdfast.payment.http;

import io.holdfast.http.HttpCall;
import io.holdfast.http.NotSentException;
import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.trace.TraceContext;
import io.holdfast.spi.Durations;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Asks the owners of other shards over HTTP to take part in transactions. Tries again while nobody
 * has taken what is asked, as while a shard changes hands; but once, if it may have been taken:
 * whoever coordinates a transaction gives a branch up that does not answer, and tells it again how
 * it ends until it has heard.
 */
final class HttpRemoteShards implements RemoteShards {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final BodyHandler<byte[]> ANSWER_BODY = BoundedBody.ofAtMost(64 * 1024);

  /** Between two tries. */
  private static final Executor SOON = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

  private final NodeClient nodes;

  HttpRemoteShards(NodeClient nodes) {
    this.nodes = nodes;
  }

  /** Whoever was asked has done nothing. */
  private static final class NotOwnerException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    NotOwnerException() {
      super("the node that was asked does not own the shard");
    }
  }

  /** What is asked of an owner. */
  record Prepare(String branch, String body) {}

  /** How branches end. */
  record Settle(List<String> branches, boolean commit) {}

  /** What an owner says. */
  record Prepared(Optional<Refusal> refusal) {}

  @Override
  public CompletableFuture<Optional<Refusal>> prepare(
      int shard, String branch, String body, Optional<String> trace) {
    return call(new Asked(
            shard,
            BranchRoutes.preparePath(shard),
            body(branch, body),
            trace.map(parent -> Map.of(TraceContext.HEADER, parent)).orElse(Map.of())))
        .thenApply(answer -> Json.read(answer, Prepared.class).refusal());
  }

  @Override
  public CompletableFuture<Void> settle(
      int shard, List<String> branches, boolean commit, List<String> traces) {
    String body = Json.write(new Settle(branches, commit));
    Map<String, String> headers =
        traces.isEmpty() ? Map.of() : Map.of(Headers.TRACES, TraceContext.list(traces));
    return call(new Asked(shard, BranchRoutes.settlePath(shard), body, headers))
        .thenAccept(answer -> {});
  }

  /** As a settlement of nothing, which waits for those before it. */
  @Override
  public CompletableFuture<Void> settled(int shard) {
    String body = Json.write(new Settle(List.of(), true));
    return call(new Asked(shard, BranchRoutes.settlePath(shard), body, Map.of()))
        .thenAccept(answer -> {});
  }

  private static String body(String branch, String body) {
    return Json.write(new Prepare(branch, body));
  }

  /** A request to whoever owns a shard. */
  private record Asked(int shard, String path, String body, Map<String, String> traces) {}

  private CompletableFuture<String> call(Asked asked) {
    return call(asked, System.nanoTime() + Durations.nanos(PATIENCE));
  }

  private CompletableFuture<String> call(Asked asked, long deadline) {
    return send(asked, Math.max(1, deadline - System.nanoTime()))
        .handle(
            (answer, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              boolean nobody =
                  cause instanceof NotSentException || cause instanceof NotOwnerException;
              if (nobody && System.nanoTime() - deadline < 0) {
                return CompletableFuture.supplyAsync(() -> true, SOON)
                    .thenCompose(now -> call(asked, deadline));
              }
              return cause == null
                  ? CompletableFuture.completedFuture(answer)
                  : CompletableFuture.<String>failedFuture(cause);
            })
        .thenCompose(answer -> answer);
  }

  private CompletableFuture<String> send(Asked asked, long nanos) {
    String nonce = nodes.proof().nonce();
    String path = asked.path();
    String body = asked.body();
    HttpCall call =
        HttpCall.post(path, body)
            .withHeader("Content-Type", "application/json")
            .withHeader(Headers.FORWARDED_BY, nodes.node())
            .withHeader(Headers.FORWARD_NONCE, nonce)
            .withHeader(Headers.FORWARD_PROOF, nodes.proof().ofRequest(nonce, "", "", path, body))
            .within(Duration.ofNanos(nanos));
    HttpCall traced = call;
    for (Map.Entry<String, String> each : asked.traces().entrySet()) {
      traced = traced.withHeader(each.getKey(), each.getValue());
    }
    return nodes
        .byShard()
        .get(asked.shard())
        .send(traced, ANSWER_BODY)
        .thenApply(answer -> proven(nonce, answer.response()));
  }

  private String proven(String nonce, HttpResponse<byte[]> response) {
    Answer answer =
        new Answer(
            response.statusCode(),
            response.headers().firstValue("Content-Type").orElse("application/json"),
            Buffer.buffer(response.body()),
            Replay.FIRST);
    String shown = response.headers().firstValue(Headers.FORWARD_PROOF).orElse("");
    if (!nodes.proof().provesAnswer(shown, nonce, answer)) {
      throw new IllegalStateException("whoever answered is no node of this ledger");
    }
    if (answer.status() == NodeClient.MISDIRECTED) {
      throw new NotOwnerException();
    }
    if (answer.status() != 200) {
      throw new IllegalStateException("the owner answered with status " + answer.status());
    }
    return answer.body().toString();
  }
}
