package io.holdfast.spi;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Where everything of one session happens, one thing at a time and in the order given.
 *
 * <p>Recipes keep their state here and need no locks. Nothing that runs here may block.
 */
public interface Context extends Executor {

  /** Runs {@code task} after what was given before. */
  @Override
  void execute(Runnable task);

  /**
   * Runs {@code task} once {@code delay} has passed.
   *
   * @return cancels it; does nothing if the task has run
   */
  Runnable schedule(Duration delay, Runnable task);

  /** Nanoseconds of the clock that {@link #schedule} goes by; only differences mean anything. */
  long nanoTime();

  /**
   * Where code of others is called that is told of something: never here, for it may block. A
   * context that is to be replayed gives a way of its own.
   */
  default Executor callbacks() {
    return Callbacks.executor();
  }

  /**
   * What {@code here} comes to, told where {@link #callbacks} run: for futures that others get. A
   * future of ours must have nothing asynchronous hanging on it itself, which would carry what else
   * hangs there to other threads.
   *
   * @return complete at once if {@code here} is; cancelling it does nothing to {@code here}
   */
  default <T> CompletableFuture<T> told(CompletableFuture<T> here) {
    if (here.isDone()) {
      return here.copy();
    }
    CompletableFuture<T> told = new CompletableFuture<>();
    here.whenComplete(
        (value, failure) ->
            callbacks()
                .execute(
                    () -> {
                      if (failure == null) {
                        told.complete(value);
                      } else {
                        told.completeExceptionally(failure);
                      }
                    }));
    return told;
  }

  /** Where jitter comes from. A context that is to be replayed gives a seeded one. */
  default RandomGenerator random() {
    return ThreadLocalRandom.current();
  }

  /**
   * Between a half and the whole of {@code pause}, by draw: for a pause before another try, so that
   * many who failed together do not come again together.
   */
  default Duration jittered(Duration pause) {
    long nanos = Durations.nanos(pause);
    return Duration.ofNanos(random().nextLong(nanos / 2, nanos + 1));
  }

  /**
   * Between nothing and {@code most}, by draw: for a first try that many make for one reason, such
   * as the change of a leader.
   */
  default Duration spread(Duration most) {
    return Duration.ofNanos(random().nextLong(Durations.nanos(most) + 1));
  }
}
