package io.holdfast.payment.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A bulkhead for each shard over the same {@link LedgerWorkers}: a shard may use so many threads at
 * a time, and so many of its requests may wait. So one account that everybody wants, whose requests
 * wait for each other's row lock, leaves threads and room to the other shards. Thread-safe.
 */
final class ShardLanes {

  private final LedgerWorkers workers;
  private final List<Lane> lanes;
  private final int widest;
  private final int longest;

  /**
   * For so many shards.
   *
   * @param widest threads that a shard may use at a time
   * @param longest requests of a shard that may wait
   */
  ShardLanes(LedgerWorkers workers, int shards, int widest, int longest) {
    this.workers = workers;
    this.widest = widest;
    this.longest = longest;
    this.lanes = IntStream.range(0, shards).mapToObj(shard -> new Lane()).toList();
  }

  /**
   * Runs blocking work of a shard, in the order of the calls.
   *
   * @return fails with {@link RejectedExecutionException} if too many of the shard's requests wait,
   *     or all the workers are taken; then nothing was begun
   */
  <T> CompletableFuture<T> run(int shard, Supplier<T> work) {
    return lanes.get(shard).run(work);
  }

  private final class Lane {
    /** Guarded by this, as is what follows. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    private int running;

    <T> CompletableFuture<T> run(Supplier<T> work) {
      CompletableFuture<T> done = new CompletableFuture<>();
      Runnable start = () -> start(work, done);
      synchronized (this) {
        if (running == widest) {
          if (waiting.size() == longest) {
            return CompletableFuture.failedFuture(
                new RejectedExecutionException("too many requests of this shard wait"));
          }
          waiting.add(start);
          return done;
        }
        running++;
      }
      start.run();
      return done;
    }

    private <T> void start(Supplier<T> work, CompletableFuture<T> done) {
      CompletableFuture<T> begun;
      try {
        begun = workers.run(work);
      } catch (RuntimeException | Error e) {
        // Also where no thread can be made: the place in the lane must not be lost with it.
        begun = CompletableFuture.failedFuture(e);
      }
      begun.whenComplete(
          (result, failure) -> {
            // First make room: who is told of the end may send the next request at once.
            next();
            if (failure == null) {
              done.complete(result);
            } else {
              done.completeExceptionally(failure);
            }
          });
    }

    /** One has ended, or could not begin: the next one has its turn. */
    private void next() {
      Runnable first;
      synchronized (this) {
        first = waiting.poll();
        if (first == null) {
          running--;
          return;
        }
      }
      first.run();
    }
  }
}
