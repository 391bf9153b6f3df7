package io.holdfast.loadbalancer.internal.endpoint;

import io.holdfast.loadbalancer.RequestOutcome;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one instance's requests amount to, as this process sees it. Lives as long as the instance
 * keeps its id and epoch, across all snapshots and pickers.
 */
public final class EndpointLoad {

  private static final AtomicLongFieldUpdater<EndpointLoad> REQUESTS =
      AtomicLongFieldUpdater.newUpdater(EndpointLoad.class, "requests");

  /** The lowest bits of {@link #requests}: an era of its own for each half an hour of months. */
  private static final int ERA_BITS = 12;

  static final int ERAS = 1 << ERA_BITS;

  private static final long ACTIVE = 1L << ERA_BITS;
  private static final int BEGUN_SHIFT = ERA_BITS + Integer.SIZE;
  private static final long BEGUN = 1L << BEGUN_SHIFT;

  /** By the golden ratio, neighbours come far apart. */
  private static final int SPREAD = 0x9E3779B1;

  /** One in 16 is in the sample. */
  private static final int SAMPLE_BITS = 4;

  /** One in 4,096 is watched. */
  private static final int WATCH_MASK = 0xfff;

  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder abandoned = new LongAdder();

  /** Of the successes whose time is known. */
  private final LongAdder timed = new LongAdder();

  private final LongAdder timedNanos = new LongAdder();

  /** Guarded by itself. */
  private final @Nullable LatencyCost cost;

  private final EndpointHealth health = new EndpointHealth();
  private final SlowStartProgress slowStartProgress;

  /**
   * In its lowest bits the era, above them those that are active, 32 bits, and highest all that
   * have begun, which may overflow. So a request that begins learns the era of that very moment,
   * and an end knows whether it is of the present one. Changed by {@link #REQUESTS} only: a field
   * of its own saves a pick one step through memory.
   */
  private volatile long requests;

  /** Those active of the era before the present one. Guarded by this. */
  private int activeBefore;

  /**
   * What {@link #cost} said last. Written under it, read by anyone; here, beside {@link #requests},
   * for the same reason.
   */
  private volatile double score = LatencyCost.UNKNOWN;

  private volatile boolean suspicion;

  /**
   * Nothing is known yet.
   *
   * @param cost null if the policy ignores it: then an outcome need not keep it up
   */
  public EndpointLoad(@Nullable LatencyCost cost, SlowStartProgress slowStartProgress) {
    this.cost = cost;
    this.slowStartProgress = slowStartProgress;
  }

  /** Requests that were picked for it and have not ended. */
  public int active() {
    return (int) (requests >> ERA_BITS);
  }

  /** As {@link LatencyCost#score}. */
  public double score() {
    return score;
  }

  /** As {@link LatencyCost#at}. */
  public double costAt(long now) {
    if (cost == null) {
      return 0;
    }
    synchronized (cost) {
      return cost.at(now);
    }
  }

  /** True if its latest failure was reported and no success since. */
  public boolean isUnderSuspicion() {
    return suspicion;
  }

  public void setUnderSuspicion(boolean other) {
    suspicion = other;
  }

  public EndpointHealth health() {
    return health;
  }

  public SlowStartProgress slowStartProgress() {
    return slowStartProgress;
  }

  /**
   * One request begins.
   *
   * @return what {@link #isSampled}, {@link #isWatched} and {@link #era} tell of it
   */
  public long began() {
    return REQUESTS.getAndAdd(this, BEGUN + ACTIVE);
  }

  /** Whether the time of that request is taken in any case: of the first 16, and then one in 16. */
  static boolean isSampled(long began) {
    int number = (int) (began >>> BEGUN_SHIFT);
    return number >>> SAMPLE_BITS == 0 || (number * SPREAD) >>> (Integer.SIZE - SAMPLE_BITS) == 0;
  }

  /** Whether that request is watched for a leak: the first is, and then one in 4,096. */
  public static boolean isWatched(long began) {
    return ((int) (began >>> BEGUN_SHIFT) & WATCH_MASK) == 0;
  }

  /** The era that the request began in. */
  static int era(long began) {
    return (int) began & (ERAS - 1);
  }

  /**
   * One request is over.
   *
   * @param era that it began in
   */
  public void ended(RequestOutcome outcome, int era) {
    endActive(era);
    switch (outcome) {
      case SUCCESS -> successes.increment();
      case FAILURE -> failures.increment();
      case ABANDONED -> abandoned.increment();
    }
  }

  private void endActive(int era) {
    while (true) {
      long now = requests;
      if (era(now) != era) {
        endActiveOfBefore(era);
        return;
      }
      if (REQUESTS.compareAndSet(this, now, now - ACTIVE)) {
        return;
      }
    }
  }

  /** One that is older counts no more. */
  private synchronized void endActiveOfBefore(int era) {
    if (era == before(era(requests))) {
      activeBefore--;
      REQUESTS.getAndAdd(this, -ACTIVE);
    }
  }

  private static int before(int era) {
    return (era - 1) & (ERAS - 1);
  }

  /**
   * A new era begins. What has been active for all of the one that ends counts no more, and may end
   * without being counted.
   *
   * @return how many these are
   */
  public synchronized int beginEra() {
    int expired = activeBefore;
    while (true) {
      long now = requests;
      long next = ((now & -ACTIVE) - expired * ACTIVE) | ((era(now) + 1) & (ERAS - 1));
      if (REQUESTS.compareAndSet(this, now, next)) {
        activeBefore = (int) (next >> ERA_BITS);
        return expired;
      }
    }
  }

  /**
   * The time of a request that is over is known.
   *
   * @param nanos how long it took
   * @param now when it ended
   */
  public void took(RequestOutcome outcome, long nanos, long now) {
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

  private void heard(RequestOutcome outcome, long nanos, long now) {
    if (cost == null) {
      return;
    }
    synchronized (cost) {
      if (outcome == RequestOutcome.SUCCESS) {
        cost.observe(nanos, now);
      } else {
        cost.observeFailure(nanos, now);
      }
      score = cost.score();
    }
  }

  public long successes() {
    return successes.sum();
  }

  public long failures() {
    return failures.sum();
  }

  public long abandoned() {
    return abandoned.sum();
  }

  /** Mean time of the successful requests whose time is known; 0 if there was none. */
  public long meanNanos() {
    long count = timed.sum();
    return count == 0 ? 0 : timedNanos.sum() / count;
  }
}
