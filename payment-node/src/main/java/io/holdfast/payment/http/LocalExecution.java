package io.holdfast.payment.http;

import io.holdfast.payment.http.Answer.Replay;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.LedgerException;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.old.KeyReusedException;
import io.holdfast.payment.old.Ledger;
import io.holdfast.payment.old.Receipt;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.shard.ShardPass;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Executes what belongs to a shard of this node. Never blocks; the ledger's workers do. */
final class LocalExecution {

  /** A request that waited longer for a worker is turned away: its client has given it up. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Requests of one shard that may wait for a thread. */
  private static final int LONGEST_LANE = 128;

  private final Ledger ledger;
  private final ShardGates gates;
  private final ShardLanes lanes;
  private final Counters counters;
  private final Consumer<Fence> onFenced;

  LocalExecution(
      Ledger ledger,
      ShardGates gates,
      LedgerWorkers workers,
      Counters counters,
      Consumer<Fence> onFenced) {
    this.ledger = ledger;
    this.gates = gates;
    this.lanes =
        new ShardLanes(workers, gates.total(), Math.max(1, workers.threads() / 2), LONGEST_LANE);
    this.counters = counters;
    this.onFenced = onFenced;
  }

  /** How many shards there are. */
  int shards() {
    return ledger.map().shards();
  }

  int shardOf(PaymentRequest request) {
    return ledger.map().shardOf(request.instruction().account());
  }

  /** Empty if this node does not own the shard, or turned out not to; then nothing was done. */
  CompletableFuture<Optional<Answer>> execute(PaymentRequest request) {
    Optional<ShardPass> pass = gates.enter(shardOf(request));
    if (pass.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    long queued = System.nanoTime();
    return lanes
        .run(shardOf(request), () -> inside(request, pass.get(), queued))
        .exceptionally(
            failure -> {
              if (failure instanceof RejectedExecutionException) {
                return Optional.of(saturated());
              }
              throw new CompletionException(failure);
            })
        .whenComplete((answer, failure) -> pass.get().close());
  }

  private Answer saturated() {
    counters.add(Count.SATURATED);
    return Problem.saturated().answer();
  }

  private Optional<Answer> inside(PaymentRequest request, ShardPass pass, long queued) {
    if (System.nanoTime() - queued > LONGEST_WAIT_NANOS) {
      return Optional.of(saturated());
    }
    try {
      return Optional.of(
          answer(ledger.execute(request.instruction(), request.key(), pass.fence())));
    } catch (StaleOwnerException e) {
      counters.add(Count.FENCE_REJECTIONS);
      onFenced.accept(pass.fence());
      return Optional.empty();
    } catch (LedgerException e) {
      return Optional.of(problem(e).answer());
    }
  }

  private Problem problem(LedgerException failure) {
    if (failure instanceof KeyReusedException) {
      return Problem.keyReused();
    }
    if (failure instanceof LedgerUnavailableException) {
      return Problem.unavailable();
    }
    counters.add(Count.OUTCOME_UNKNOWN);
    return Problem.outcomeUnknown();
  }

  private Answer answer(Receipt receipt) {
    boolean replayed = receipt.origin() == Receipt.Origin.REPLAYED;
    if (replayed) {
      counters.add(Count.REPLAYED);
    }
    Answer answer;
    if (receipt.refusal().isPresent()) {
      counters.add(Count.REFUSED);
      answer = Problem.of(receipt.refusal().get()).answer();
    } else {
      counters.add(Count.ACKNOWLEDGED);
      answer = Answer.json(201, InstructionJson.write(receipt));
    }
    Replay replay = replayed ? Replay.REPLAYED : Replay.FIRST;
    return new Answer(answer.status(), answer.contentType(), answer.body(), replay);
  }
}
