package io.holdfast.lock;

import java.time.Duration;

/**
 * What a lock demands of those who use it through one {@link DistributedLock}. Each process goes by
 * its own; give a lock the same limits wherever it is used.
 *
 * @param mostAhead whoever would have to wait behind more than so many places, holders' included,
 *     is refused; {@link #UNBOUNDED} for no limit. Decided when a wait begins: who was let in and
 *     has to queue again, having lost the session or let an upgrade pass, is not refused for that
 * @param longestHold how long a hold may last before {@code overstay} happens; zero for any time
 * @param overstay what happens then
 * @param crashDelay how long the next holder is kept out when a holder vanished without releasing,
 *     because its process crashed, its session was lost or its place was taken away; zero for not
 *     at all. For resources that cannot check a token. Counted by the next one's clock from when it
 *     finds out, so never too short; a release is never followed by a delay. Costs each acquisition
 *     two more round trips, because who holds has to be written down where it outlives the holder
 */
public record LockLimits(
    int mostAhead, Duration longestHold, Overstay overstay, Duration crashDelay) {

  /** What happens to a hold that lasts too long. */
  public enum Overstay {
    /** The log says so, once. */
    WARN,
    /** The grant turns LOST, as if taken away by force, and then the lock is given back. */
    REVOKE
  }

  /** No limit to the queue. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** No limits. */
  public static final LockLimits NONE =
      new LockLimits(UNBOUNDED, Duration.ZERO, Overstay.WARN, Duration.ZERO);

  public LockLimits {
    if (mostAhead < 0) {
      throw new IllegalArgumentException("nobody can wait behind fewer than none: " + mostAhead);
    }
    if (longestHold.isNegative() || crashDelay.isNegative()) {
      throw new IllegalArgumentException("neither a hold nor a delay can be negative");
    }
  }

  /** Refusing whoever would have to wait behind more than {@code others}. */
  public LockLimits withMostAhead(int others) {
    return new LockLimits(others, longestHold, overstay, crashDelay);
  }

  /** With a bound to each hold. */
  public LockLimits withLongestHold(Duration longest, Overstay then) {
    return new LockLimits(mostAhead, longest, then, crashDelay);
  }

  /** Keeping the next holder out for {@code delay} after a crash. */
  public LockLimits withCrashDelay(Duration delay) {
    return new LockLimits(mostAhead, longestHold, overstay, delay);
  }

  /** The same for a place that holds follow each other in, each with the bound. */
  public LockLimits withoutHoldBound() {
    return withLongestHold(Duration.ZERO, overstay);
  }

  public boolean boundsQueue() {
    return mostAhead != UNBOUNDED;
  }

  public boolean boundsHold() {
    return !longestHold.isZero();
  }

  public boolean delays() {
    return !crashDelay.isZero();
  }
}
