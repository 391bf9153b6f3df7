package io.holdfast.spi;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where code of others is called that is told of something: never in a {@link Context}, which it
 * could hold up.
 *
 * <p>That is the common pool, where it has more than one thread. Where it has not, as with one or
 * two processors, a callback that blocks would keep all others from running there, and the JDK
 * starts a thread for each asynchronous completion instead; here threads are used again, as many as
 * callbacks run at once, and end when there has been nothing to do for a while.
 */
public final class Callbacks {

  private static final long IDLE_SECONDS = 10;

  private static final Executor EXECUTOR =
      ForkJoinPool.getCommonPoolParallelism() > 1 ? ForkJoinPool.commonPool() : threads();

  private Callbacks() {}

  /** Takes everything, at once; its threads do not keep the process alive. */
  public static Executor executor() {
    return EXECUTOR;
  }

  static Executor threads() {
    AtomicLong made = new AtomicLong();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "holdfast-callback-" + made.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
