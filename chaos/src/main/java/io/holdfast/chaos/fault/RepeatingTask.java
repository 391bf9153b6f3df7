package io.holdfast.chaos.fault;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is done again and again, in a thread of its own, until it is closed. */
final class RepeatingTask implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepeatingTask.class);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final AtomicInteger done = new AtomicInteger();
  private final Thread thread;
  private volatile boolean ended;

  /**
   * Begins.
   *
   * @param work returns how much it did; what it throws is noted and tried again
   */
  RepeatingTask(String name, IntSupplier work) {
    thread = new Thread(() -> run(name, work), "holdfast-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run(String name, IntSupplier work) {
    while (!ended) {
      try {
        done.addAndGet(work.getAsInt());
      } catch (RuntimeException e) {
        LOG.info("{}: {}", name, e.getMessage());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** How much has been done. */
  int done() {
    return done.get();
  }

  /** Lets it finish what it is at, and waits for that. */
  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
