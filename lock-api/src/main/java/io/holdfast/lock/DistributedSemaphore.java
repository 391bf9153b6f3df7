package io.holdfast.lock;

import io.holdfast.lock.internal.queue.LockMode;

/**
 * A number of permits, of which each holder has some.
 *
 * <p>First come, first served: one who asks for many is not overtaken by those who ask for few,
 * even while these would fit. Everybody has to name the same total. Those who name different ones
 * exclude each other, so that a disagreement costs speed and never safety; so does an exclusive or
 * read-write lock of the same name.
 *
 * <p>Each wait watches as many places as could make room for it, at most the total.
 *
 * <p><b>Tokens</b> tell holders apart and grow in the order of the queue. They cannot fence a
 * resource by the greatest seen, because an earlier holder may rightly still be at work.
 */
public final class DistributedSemaphore {

  private final LockName name;
  private final int total;
  private final Locks locks;

  DistributedSemaphore(LockName name, int total, Locks locks) {
    LockMode.permits(1, total);
    this.name = name;
    this.total = total;
    this.locks = locks;
  }

  /** Its name. */
  public LockName name() {
    return name;
  }

  /** How many permits there are. */
  public int total() {
    return total;
  }

  /**
   * Some of the permits, taken and given back together.
   *
   * @throws IllegalArgumentException unless {@code count} is at least 1 and at most the total
   */
  public DistributedLock permits(int count) {
    return locks.lock(name, LockMode.permits(count, total));
  }
}
