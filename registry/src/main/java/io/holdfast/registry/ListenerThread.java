package io.holdfast.registry;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread on which a registry calls its listeners; there only while there is something to tell.
 *
 * <p>Its queue is bounded by the number of listeners, each of which stands in it at most once.
 */
final class ListenerThread implements AutoCloseable {

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  ListenerThread() {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "holdfast-registry-listeners");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Runs it after what was given before; drops it after {@link #close}. */
  void execute(Runnable task) {
    executor.execute(task);
  }

  /** Lets what is queued finish. Does not wait. */
  @Override
  public void close() {
    executor.shutdown();
  }
}
