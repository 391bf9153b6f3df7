package io.holdfast.transaction.jdbc.internal;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Threads on which calls block. They end when there has been nothing to do for a while. */
public final class Workers implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor pool;

  /**
   * So many threads.
   *
   * @param name what they are called
   * @param waiting so many calls may wait for one; any beyond fail at once
   */
  public Workers(String name, int threads, int waiting) {
    AtomicLong made = new AtomicLong();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** What throws, or finds no place to wait, makes the future fail. */
  public <T> CompletableFuture<T> call(Callable<T> task) {
    return submit(() -> Optional.of(task.call()));
  }

  /** Likewise, without a result. */
  public CompletableFuture<Void> run(Action action) {
    return submit(
        () -> {
          action.run();
          return Optional.<Void>empty();
        });
  }

  /** What blocks and may fail. */
  public interface Action {
    /** Does it. */
    void run() throws SQLException;
  }

  private <T> CompletableFuture<T> submit(Callable<Optional<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      pool.execute(
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

  /** Takes no more; what is under way goes on. */
  @Override
  public void close() {
    pool.shutdown();
  }
}
