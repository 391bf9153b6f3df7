package io.holdfast.lock;

import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.QueueMember;
import java.time.Duration;

/**
 * How this process uses one lock that is held alone. What other processes choose for the same lock
 * does not matter, nor what others choose here: those with a shared place stand as one beside those
 * who have their own.
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
 * queue, which shows the place as {@link QueueMember#isShared shared}, and who took it. The process
 * itself sees them with {@link Locks#localQueue}, and its {@link Deadlocks} reckon with them.
 *
 * @param sharing whether those who want the lock in this process share a place at all
 * @param mostHandOvers how often a place is handed on in this process before others get their turn;
 *     0 if never
 * @param longestTenure how long after it was admitted a place may still be handed on
 * @param retention how long a place is kept without being held; zero for not at all
 */
public record LockOptions(
    Sharing sharing, int mostHandOvers, Duration longestTenure, Duration retention) {

  /** With whom a place in the cluster's queue is shared. */
  public enum Sharing {
    /** With all who want the lock through the same coordinator. */
    PROCESS,
    /** With nobody. */
    NONE
  }

  /** Of these hand-overs a place sees at most so many, unless another number is chosen. */
  public static final int MOST_HAND_OVERS = 256;

  /** So long at most somebody elsewhere waits for this process, unless another time is chosen. */
  public static final Duration LONGEST_TENURE = Duration.ofMillis(50);

  private static final LockOptions DEFAULTS =
      new LockOptions(Sharing.PROCESS, MOST_HAND_OVERS, LONGEST_TENURE, Duration.ZERO);

  private static final LockOptions UNSHARED =
      new LockOptions(Sharing.NONE, 0, Duration.ZERO, Duration.ZERO);

  public LockOptions {
    if (mostHandOvers < 0) {
      throw new IllegalArgumentException("hand-overs cannot be fewer than none: " + mostHandOvers);
    }
    if (sharing == Sharing.NONE && (mostHandOvers > 0 || !retention.isZero())) {
      throw new IllegalArgumentException(
          "a place that is not shared is neither handed over nor kept");
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

  /**
   * A place in the cluster's queue for each who wants the lock, as if each were a process of its
   * own: for those who want to see every waiter in the queue, or the order of the cluster among the
   * threads of one process, too. Each wait and each hold then costs the cluster a place.
   */
  public static LockOptions unshared() {
    return UNSHARED;
  }

  /**
   * With other bounds of handing over.
   *
   * @throws IllegalArgumentException if there are hand-overs and the place is not shared
   */
  public LockOptions withHandOver(int most, Duration longest) {
    return new LockOptions(sharing, most, longest, retention);
  }

  /** With a place for each hold, one after the other: those who want the lock here still share. */
  public LockOptions withoutHandOver() {
    return withHandOver(0, longestTenure);
  }

  public boolean keeps() {
    return !retention.isZero();
  }

  /**
   * Keeping the place for {@code idle} after a release.
   *
   * @throws IllegalArgumentException if the place is not shared
   */
  public LockOptions withRetention(Duration idle) {
    return new LockOptions(sharing, mostHandOvers, longestTenure, idle);
  }
}
