package io.holdfast.transaction.internal;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads for the calls of a participant that block, with a bound for how many wait. They end when
 * they have nothing to do.
 */
public final class BlockingCalls implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  /**
   * None yet.
   *
   * @param name of the threads, with a number
   * @param most so many threads
   * @param waiting so many calls more; any beyond fail at once
   */
  public BlockingCalls(String name, int most, int waiting) {
    AtomicLong made = new AtomicLong();
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** What is done on a thread, without a result. */
  @FunctionalInterface
  public interface Action {

    /** Blocks, and may throw what it likes: then the stage fails. */
    void run() throws Exception;
  }

  /** The future fails if the call throws, or if there are too many. */
  public <T> CompletableFuture<T> call(Callable<T> call) {
    return start(() -> Optional.of(call.call()));
  }

  /** The future fails if the action throws, or if there are too many. */
  public CompletableFuture<Void> run(Action action) {
    return start(
        () -> {
          action.run();
          return Optional.empty();
        });
  }

  private <T> CompletableFuture<T> start(Callable<Optional<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              result.complete(task.call().orElse(null));
            } catch (Exception | Error e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RuntimeException rejected) {
      result.completeExceptionally(rejected);
    }
    return result;
  }

  /** Lets what is under way end, and takes no more. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
