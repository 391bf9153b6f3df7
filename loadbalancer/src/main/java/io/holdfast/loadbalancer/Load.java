package io.holdfast.loadbalancer;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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

  /** Guarded by itself. */
  private final @Nullable LatencyCost cost;

  private final Health health = new Health();
  private final Warmth warmth;

  /** Changed by {@link #ACTIVE} only: a field of its own saves a pick one step through memory. */
  private volatile int active;

  /**
   * What {@link #cost} said last. Written under it, read by anyone; here, beside {@link #active},
   * for the same reason.
   */
  private volatile double score = LatencyCost.UNKNOWN;

  private volatile boolean suspicion;

  /**
   * Nothing is known yet.
   *
   * @param cost null if nobody asks for it: then an outcome need not keep it up
   */
  Load(@Nullable LatencyCost cost, Warmth warmth) {
    this.cost = cost;
    this.warmth = warmth;
  }

  /** Requests that were picked for it and have not ended. */
  int active() {
    return active;
  }

  /** As {@link LatencyCost#score}. */
  double score() {
    return score;
  }

  /** As {@link LatencyCost#at}. */
  double costAt(long now) {
    if (cost == null) {
      return 0;
    }
    synchronized (cost) {
      return cost.at(now);
    }
  }

  /** True if its latest failure was reported and no success since. */
  boolean isUnderSuspicion() {
    return suspicion;
  }

  void setUnderSuspicion(boolean other) {
    suspicion = other;
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
        heard(outcome, nanos, now);
      }
      case FAILURE -> {
        failures.increment();
        heard(outcome, nanos, now);
      }
      case ABANDONED -> {}
    }
  }

  /**
   * A request has taken so long already, and is not answered. Never makes it look faster.
   *
   * @param nanos how long
   * @param now when
   */
  void tookAtLeast(long nanos, long now) {
    if (cost == null) {
      return;
    }
    synchronized (cost) {
      if (nanos > cost.at(now)) {
        cost.observe(nanos, now);
        score = cost.score();
      }
    }
  }

  private void heard(Outcome outcome, long nanos, long now) {
    if (cost == null) {
      return;
    }
    synchronized (cost) {
      if (outcome == Outcome.SUCCESS) {
        cost.observe(nanos, now);
      } else {
        cost.observeFailure(nanos, now);
      }
      score = cost.score();
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
