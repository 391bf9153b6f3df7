package io.holdfast.transaction.internal;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
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

  /** One for each call that is under way, on a thread of ours or of the caller. */
  private final Semaphore places;

  /**
   * None yet.
   *
   * @param name of the threads, with a number
   * @param most so many threads, and calls at a time
   * @param waiting so many calls more; any beyond fail at once
   */
  public BlockingCalls(String name, int most, int waiting) {
    AtomicLong made = new AtomicLong();
    places = new Semaphore(most);
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

  /**
   * The same in this thread, which it blocks: as one of the most at a time, so it waits for a place
   * first. An interrupt ends that wait, and stays the thread's.
   *
   * @param within for so long
   * @return done; failed, without a call, if there was no place
   */
  public <T> CompletableFuture<T> callHere(Callable<T> call, Duration within) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      if (!threads.isShutdown()
          && places.tryAcquire(Durations.nanos(within), TimeUnit.NANOSECONDS)) {
        complete(result, () -> Optional.of(call.call()));
      } else {
        result.completeExceptionally(new RejectedExecutionException("closed, or too many calls"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
    }
    return result;
  }

  private <T> CompletableFuture<T> start(Callable<Optional<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            places.acquireUninterruptibly();
            complete(result, task);
          });
    } catch (RuntimeException rejected) {
      result.completeExceptionally(rejected);
    }
    return result;
  }

  /** Gives the place back before anybody hears of the result, who may want it for the next. */
  private <T> void complete(CompletableFuture<T> result, Callable<Optional<T>> task) {
    Optional<T> value;
    try {
      value = task.call();
    } catch (Exception | Error e) {
      places.release();
      result.completeExceptionally(e);
      return;
    }
    places.release();
    result.complete(value.orElse(null));
  }

  /** Lets what is under way end, and takes no more. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
