package io.holdfast.registry.internal;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread of a registry for what must not hold up the coordinator's context: calls of listeners,
 * health checks, the disk. There only while there is something to do.
 *
 * <p>Its queue is bounded by its users: each listener, check and view stands in it at most once.
 */
public final class WorkerThread implements Executor, AutoCloseable {

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  public WorkerThread(String name) {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Runs it after what was given before; drops it after {@link #close}. */
  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Lets what is queued finish. Does not wait. */
  @Override
  public void close() {
    executor.shutdown();
  }

  /** Waits until what was queued before {@link #close} is done; an interrupt ends the wait. */
  public void awaitEnd(Duration atMost) {
    try {
      executor.awaitTermination(Durations.nanos(atMost), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
