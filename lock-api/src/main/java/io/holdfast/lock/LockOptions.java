package io.holdfast.lock;

import java.time.Duration;

/**
 * How this process uses one lock. What other processes choose for the same lock does not matter.
 *
 * <p><b>Hand-over.</b> All who want the lock in this process share one place in the cluster's
 * queue: the first to want it takes the place, and when it releases, the next in this process holds
 * it at once, without asking the cluster. So that others get their turn, the place is given up, and
 * queued for again at the end, after a number of hand-overs or a time, whichever is first.
 *
 * <p><b>Retention.</b> With nobody in this process waiting, the place may be kept after a release
 * instead of given up: acquiring again is then a matter of this process alone. It is given up as
 * soon as somebody else is seen to queue, or after idle time. Whoever only tries elsewhere counts,
 * too: it queues for a moment, and mostly gets the lock if nobody holds it. A place is kept only if
 * whoever took it had chosen that.
 *
 * <p><b>Guards.</b> {@link Hold#guard} is a condition on the place. So a hold that was asked for
 * one ends together with its place, which is then neither handed over nor kept.
 *
 * <p>Who waits for a hand-over, or has been handed the lock, is not to be seen in the cluster's
 * queue, which shows the place as {@link QueuedOwner#isShared shared}, and who took it. The process
 * itself sees them with {@link Locks#localQueue}, and its {@link Deadlocks} reckon with them.
 *
 * @param mostHandOvers how often a place is handed on in this process before others get their turn;
 *     0 if never
 * @param longestTenure how long after it was admitted a place may still be handed on
 * @param retention how long a place is kept without being held; zero for not at all
 */
public record LockOptions(int mostHandOvers, Duration longestTenure, Duration retention) {

  /** Of these hand-overs a place sees at most so many, unless another number is chosen. */
  public static final int MOST_HAND_OVERS = 256;

  /** So long at most somebody elsewhere waits for this process, unless another time is chosen. */
  public static final Duration LONGEST_TENURE = Duration.ofMillis(50);

  private static final LockOptions DEFAULTS =
      new LockOptions(MOST_HAND_OVERS, LONGEST_TENURE, Duration.ZERO);

  public LockOptions {
    if (mostHandOvers < 0) {
      throw new IllegalArgumentException("hand-overs cannot be fewer than none: " + mostHandOvers);
    }
    if (longestTenure.isNegative() || retention.isNegative()) {
      throw new IllegalArgumentException("neither tenure nor retention can be negative");
    }
  }

  /**
   * Hand-over up to {@value #MOST_HAND_OVERS} times or 50 ms, no retention. A place costs the
   * cluster a few milliseconds of work, so that nearly all of the time goes to holders even with
   * rivals.
   */
  public static LockOptions defaults() {
    return DEFAULTS;
  }

  /** With other bounds of handing over. */
  public LockOptions withHandOver(int most, Duration longest) {
    return new LockOptions(most, longest, retention);
  }

  /** With a place for each hold. */
  public LockOptions withoutHandOver() {
    return withHandOver(0, longestTenure);
  }

  boolean keeps() {
    return !retention.isZero();
  }

  /** Keeping the place for {@code idle} after a release. */
  public LockOptions withRetention(Duration idle) {
    return new LockOptions(mostHandOvers, longestTenure, idle);
  }
}
