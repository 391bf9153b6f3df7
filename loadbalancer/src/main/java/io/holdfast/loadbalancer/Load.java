package io.holdfast.loadbalancer;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one instance's requests amount to, as this process sees it. Lives as long as the instance
 * keeps its id and epoch, across all snapshots and pickers.
 */
final class Load {

  private static final AtomicIntegerFieldUpdater<Load> ACTIVE =
      AtomicIntegerFieldUpdater.newUpdater(Load.class, "active");

  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder successNanos = new LongAdder();
  private final LatencyCost cost;
  private final Health health = new Health();
  private final Warmth warmth;

  /** Changed by {@link #ACTIVE} only: a field of its own saves a pick one step through memory. */
  private volatile int active;

  Load(LatencyCost cost, Warmth warmth) {
    this.cost = cost;
    this.warmth = warmth;
  }

  /** Requests that were picked for it and have not ended. */
  int active() {
    return active;
  }

  LatencyCost cost() {
    return cost;
  }

  Health health() {
    return health;
  }

  Warmth warmth() {
    return warmth;
  }

  void began() {
    ACTIVE.incrementAndGet(this);
  }

  /**
   * One request is over.
   *
   * @param nanos how long it took
   * @param now when
   */
  void ended(Outcome outcome, long nanos, long now) {
    ACTIVE.decrementAndGet(this);
    switch (outcome) {
      case SUCCESS -> {
        successes.increment();
        successNanos.add(nanos);
        cost.observe(nanos, now);
      }
      case FAILURE -> {
        failures.increment();
        cost.observeFailure(nanos, now);
      }
      case ABANDONED -> {}
    }
  }

  long successes() {
    return successes.sum();
  }

  long failures() {
    return failures.sum();
  }

  /** Mean time of the successful requests; 0 if there was none. */
  long meanNanos() {
    long count = successes.sum();
    return count == 0 ? 0 : successNanos.sum() / count;
  }
}
