package io.holdfast.loadbalancer.retry;

import io.holdfast.loadbalancer.Ticker;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the retries of all requests together, so that a service in trouble is not sent several
 * times its load: over the last ten seconds, at most so many a second and a part of the requests.
 * Share one among all that call a service. Safe for use by many threads; a request takes no lock
 * but once a second, a retry takes one.
 */
public final class RetryBudget {

  private static final int SLOTS = 10;
  private static final long SLOT_NANOS = Durations.nanos(Duration.ofSeconds(1));

  private final double part;
  private final int perSecond;
  private final Ticker ticker;

  /** Of the present slot. */
  private final LongAdder requests = new LongAdder();

  /** Requests of the slots before. Guarded by this. */
  private final long[] before = new long[SLOTS];

  /** Guarded by this. */
  private final long[] retries = new long[SLOTS];

  /** Counts the slots since the start. Guarded by this. */
  private long slot;

  /** Since the beginning. Guarded by this. */
  private long granted;

  /** Since the beginning. Guarded by this. */
  private long refused;

  /** When the present slot ends. Written under this. */
  private volatile long slotEnd;

  /** Finagle's: a fifth of the requests, and ten a second. */
  public RetryBudget() {
    this(0.2, 10);
  }

  /**
   * A budget.
   *
   * @param part of the requests, 0 or more, that may be retries
   * @param perSecond that may be retried whatever the number of requests, for services with few
   */
  public RetryBudget(double part, int perSecond) {
    this(part, perSecond, Ticker.SYSTEM);
  }

  RetryBudget(double part, int perSecond, Ticker ticker) {
    if (!(part >= 0) || perSecond < 0) {
      throw new IllegalArgumentException(
          "a retry budget is not negative: " + part + ", " + perSecond);
    }
    this.part = part;
    this.perSecond = perSecond;
    this.ticker = ticker;
    this.slotEnd = ticker.nanoTime() + SLOT_NANOS;
  }

  /** A request goes out for the first time. */
  public void request() {
    long now = ticker.nanoTime();
    if (now - slotEnd >= 0) {
      advance(now);
    }
    requests.increment();
  }

  /** Takes one retry out of the budget, if there is one. */
  public synchronized boolean tryRetry() {
    if (left() < 1) {
      refused++;
      return false;
    }
    retries[(int) (slot % SLOTS)]++;
    granted++;
    return true;
  }

  /** How many retries it would give now; not negative. */
  public synchronized double left() {
    advance(ticker.nanoTime());
    long asked = requests.sum();
    long retried = 0;
    for (int i = 0; i < SLOTS; i++) {
      asked += before[i];
      retried += retries[i];
    }
    return Math.max(0, part * asked + (double) perSecond * SLOTS - retried);
  }

  /** How many retries it has given since the beginning. */
  public synchronized long granted() {
    return granted;
  }

  /** How many it has refused since the beginning. */
  public synchronized long refused() {
    return refused;
  }

  private synchronized void advance(long now) {
    if (now - slotEnd < 0) {
      return;
    }
    before[(int) (slot % SLOTS)] = requests.sumThenReset();
    long passed = 1 + (now - slotEnd) / SLOT_NANOS;
    for (long i = 1; i <= Math.min(passed, SLOTS); i++) {
      int next = (int) ((slot + i) % SLOTS);
      before[next] = 0;
      retries[next] = 0;
    }
    slot += passed;
    slotEnd += passed * SLOT_NANOS;
  }
}
