package io.holdfast.cli.console;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one thread after changes, once they pause. The first time it wakes it at once. */
public final class Changes {

  private static final int LATEST = 10;

  private final Semaphore changes = new Semaphore(1);
  private final Duration debounce;

  /**
   * Nothing has changed yet.
   *
   * @param debounce wakes when there was no change for so long, and at the latest ten times that
   *     after the first
   */
  public Changes(Duration debounce) {
    this.debounce = debounce;
  }

  /** There is a change. Does not block. */
  public void add() {
    changes.release();
  }

  /** Waits for a change, and until the changes pause. */
  public void await() throws InterruptedException {
    changes.acquire();
    settle();
  }

  /** Likewise, and no longer than {@code atMost} for a change. */
  public void await(Duration atMost) throws InterruptedException {
    if (changes.tryAcquire(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS)) {
      settle();
    }
  }

  private void settle() throws InterruptedException {
    long end = System.nanoTime() + debounce.multipliedBy(LATEST).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      if (!changes.tryAcquire(Math.min(debounce.toNanos(), left), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
    changes.drainPermits();
  }
}
