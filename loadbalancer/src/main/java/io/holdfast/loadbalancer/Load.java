package io.holdfast.loadbalancer;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one instance's requests amount to, as this process sees it. Lives as long as the instance
 * keeps its id and epoch, across all snapshots and pickers.
 */
final class Load {

  private static final AtomicLongFieldUpdater<Load> REQUESTS =
      AtomicLongFieldUpdater.newUpdater(Load.class, "requests");

  private static final long BEGUN = 1L << Integer.SIZE;
  private static final long ACTIVE = 1;

  /** By the golden ratio, neighbours come far apart. */
  private static final int SPREAD = 0x9E3779B1;

  /** One in 16 is in the sample. */
  private static final int SAMPLE_BITS = 4;

  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder abandoned = new LongAdder();

  /** Of the successes whose time is known. */
  private final LongAdder timed = new LongAdder();

  private final LongAdder timedNanos = new LongAdder();

  /** Guarded by itself. */
  private final @Nullable LatencyCost cost;

  private final Health health = new Health();
  private final Warmth warmth;

  /**
   * In the lower half those that are active, in the upper half all that have begun, which may
   * overflow. Changed by {@link #REQUESTS} only: a field of its own saves a pick one step through
   * memory.
   */
  private volatile long requests;

  /**
   * What {@link #cost} said last. Written under it, read by anyone; here, beside {@link #requests},
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
    return (int) requests;
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

  /** One request begins; true if it is in the sample: the first 16 are, and then one in 16. */
  boolean began() {
    int number = (int) (REQUESTS.getAndAdd(this, BEGUN + ACTIVE) >>> Integer.SIZE);
    return number >>> SAMPLE_BITS == 0 || (number * SPREAD) >>> (Integer.SIZE - SAMPLE_BITS) == 0;
  }

  /** One request is over. */
  void ended(Outcome outcome) {
    REQUESTS.getAndAdd(this, -ACTIVE);
    switch (outcome) {
      case SUCCESS -> successes.increment();
      case FAILURE -> failures.increment();
      case ABANDONED -> abandoned.increment();
    }
  }

  /**
   * The time of a request that is over is known.
   *
   * @param nanos how long it took
   * @param now when it ended
   */
  void took(Outcome outcome, long nanos, long now) {
    switch (outcome) {
      case SUCCESS -> {
        timed.increment();
        timedNanos.add(nanos);
        heard(outcome, nanos, now);
      }
      case FAILURE -> heard(outcome, nanos, now);
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

  long abandoned() {
    return abandoned.sum();
  }

  /** Mean time of the successful requests whose time is known; 0 if there was none. */
  long meanNanos() {
    long count = timed.sum();
    return count == 0 ? 0 : timedNanos.sum() / count;
  }
}
