package io.holdfast.payment.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The threads of a load. Started and joined by one thread; interrupted by any. */
final class LoadThreads {

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> fault = new AtomicReference<>();

  /** What one of them does. */
  interface Work {
    void as(int number) throws InterruptedException;
  }

  void run(String what, int count, Work work) {
    for (int number = 0; number < count; number++) {
      int mine = number;
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.as(mine);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                  fault.compareAndSet(null, e);
                }
              },
              "load-" + what + "-" + number);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /**
   * Waits until all have ended.
   *
   * @throws IllegalStateException if one has failed
   */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
    RuntimeException failed = fault.get();
    if (failed != null) {
      throw new IllegalStateException("a client of the load failed", failed);
    }
  }

  void interrupt() {
    List.copyOf(threads).forEach(Thread::interrupt);
  }
}
