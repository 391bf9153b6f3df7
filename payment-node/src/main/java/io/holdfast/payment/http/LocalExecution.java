package io.holdfast.payment.http;

import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.ledger.ExpiredException;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.InFlightException;
import io.holdfast.payment.ledger.KeyReusedException;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.shard.ShardPass;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Executes what belongs to a shard of this node. Never blocks; the ledger's lanes do. */
final class LocalExecution {

  private final Ledger ledger;
  private final ShardGates gates;
  private final Counters counters;
  private final PaymentMeters meters;
  private final Consumer<Fence> onFenced;

  LocalExecution(
      Ledger ledger,
      ShardGates gates,
      Counters counters,
      PaymentMeters meters,
      Consumer<Fence> onFenced) {
    this.meters = meters;
    this.ledger = ledger;
    this.gates = gates;
    this.counters = counters;
    this.onFenced = onFenced;
  }

  ShardMap map() {
    return ledger.map();
  }

  int shardOf(PaymentRequest<?> request) {
    return request.shard(ledger.map());
  }

  /** Empty if this node does not own the shard, or turned out not to; then nothing was done. */
  <R extends Record> CompletableFuture<Optional<Answer>> execute(PaymentRequest<R> request) {
    Optional<ShardPass> entered = gates.enter(shardOf(request));
    if (entered.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    ShardPass pass = entered.get();
    return ledger
        .execute(
            request.identity().caller(),
            request.operation(),
            request.request(),
            request.key(),
            new Measured(request.trace()),
            request.timeout().deadline())
        .handle(
            (reply, failure) ->
                failure == null ? Optional.of(answer(request, reply)) : failed(failure, pass))
        .whenComplete((answer, failure) -> pass.close());
  }

  /** A trace whose waits are measured. */
  private final class Measured implements Trace {
    private final Trace trace;

    Measured(Trace trace) {
      this.trace = trace;
    }

    @Override
    public void over(String part, int shard, long beganNanos, long endedNanos) {
      if (part.equals("wait")) {
        meters.waited(endedNanos - beganNanos);
      }
      trace.over(part, shard, beganNanos, endedNanos);
    }

    @Override
    public Optional<String> parent() {
      return trace.parent();
    }
  }

  private Optional<Answer> failed(Throwable failure, ShardPass pass) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StaleOwnerException) {
      counters.add(Count.FENCE_REJECTIONS);
      onFenced.accept(pass.fence());
      return Optional.empty();
    }
    return Optional.of(problem(cause).answer());
  }

  private Problem problem(Throwable cause) {
    if (cause instanceof KeyReusedException) {
      return Problem.keyReused();
    }
    if (cause instanceof InFlightException) {
      return Problem.inFlight();
    }
    if (cause instanceof LedgerUnavailableException) {
      return Problem.unavailable();
    }
    if (cause instanceof RejectedExecutionException) {
      counters.add(Count.SATURATED);
      return Problem.saturated();
    }
    if (cause instanceof ExpiredException) {
      counters.add(Count.EXPIRED);
      return Problem.expired();
    }
    if (cause instanceof OutcomeUnknownException) {
      counters.add(Count.OUTCOME_UNKNOWN);
      return Problem.outcomeUnknown();
    }
    throw new CompletionException(cause);
  }

  private Answer answer(PaymentRequest<?> request, Reply reply) {
    boolean replayed = reply.origin() != Reply.Origin.EXECUTED;
    if (replayed) {
      counters.add(Count.REPLAYED);
    }
    Replay replay = replayed ? Replay.REPLAYED : Replay.FIRST;
    Map<String, String> headers = Map.of(Headers.NODE, reply.node());
    if (reply.refusal().isPresent()) {
      counters.add(Count.REFUSED);
      Answer refused = Problem.of(reply.refusal().get()).answer();
      return new Answer(refused.status(), refused.contentType(), refused.body(), replay, headers);
    }
    counters.add(Count.ACKNOWLEDGED);
    return new Answer(
        request.operation().route().status(),
        "application/json",
        Buffer.buffer(
            reply.origin() == Reply.Origin.PRUNED
                ? reply.answer()
                : request.operation().answered(reply.answer())),
        replay,
        headers);
  }
}
