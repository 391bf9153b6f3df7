package io.holdfast.payment.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The threads that wait for the database: as many as it has connections, with a bounded queue. */
public final class LedgerWorkers implements AutoCloseable {

  private static final int QUEUE = 512;

  private final ThreadPoolExecutor threads;

  /** Starts {@code count} threads as they are needed, called {@code payment-NAME-1} and so on. */
  public LedgerWorkers(String name, int count) {
    AtomicInteger numbers = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread thread = new Thread(task, "payment-" + name + "-" + numbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs blocking work.
   *
   * @throws RejectedExecutionException if the queue is full or closed; nothing was begun
   */
  public <T> CompletableFuture<T> run(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, threads);
  }

  /** Lets what is under way finish, for at most ten seconds. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
