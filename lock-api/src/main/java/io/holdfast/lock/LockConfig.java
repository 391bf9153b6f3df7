package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;

/**
 * How this process uses one lock. One value serves every mode: a mode ignores the settings that do
 * not apply to it. Each process follows its own settings; give a lock the same limits wherever it
 * is used.
 *
 * <p><b>Hand-over</b> (exclusive locks). All threads of this process that want the lock through one
 * coordinator share one place in the cluster's queue: the first takes the place, and when it
 * releases, the next thread holds the lock at once, without asking the cluster. So that other
 * processes get their turn, the place is given up after a number of hand-overs or a time, whichever
 * comes first. Threads that still wait then queue again at the end.
 *
 * <p><b>Retention</b> (exclusive locks). When no thread of this process waits, the process may keep
 * the place after a release. The next acquisition then costs no request. The place is given up as
 * soon as another process is seen in the queue, or after the idle time. A {@code tryAcquire} in
 * another process counts as well: it queues for a moment, and usually gets the lock if nobody holds
 * it. A place is kept only if the thread that took it asked for retention.
 *
 * <p><b>Guards.</b> {@link LockGrant#guard} is a condition on the place. Once a hold has given a
 * guard, its place ends with the hold, and is neither handed over nor kept.
 *
 * <p>The cluster's queue does not show the threads that wait for a hand-over or got the lock by
 * one. It shows that the place is shared, and who took it. {@code io.holdfast.admin.LockQueues}
 * shows the threads of this process, and the search for deadlocks includes them.
 *
 * @param sharing whether the threads of this process share a place at all
 * @param maxHandOvers how often a place is handed over before others get their turn; 0 for never
 * @param maxHandOverTime how long after it was admitted a place may still be handed over
 * @param retention how long a place is kept without being held; zero for not at all
 * @param maxAhead an acquisition that would have to wait behind more places than this, holders'
 *     included, fails with {@link QueueFullException}; {@link #UNBOUNDED} for no limit. Checked
 *     when a wait begins. A wait that queues again, because its session was lost or it let an
 *     upgrade pass, is not refused
 * @param maxHold how long a hold may last before {@code overstay} happens; zero for any time
 * @param overstay what happens to a hold that lasts longer than {@code maxHold}
 * @param crashDelay how long the lock stays closed after a holder vanished without a release: its
 *     process crashed, its session was lost or its place was taken away; zero for no delay. For
 *     resources that cannot check a token. The next holder counts the delay by its own clock, from
 *     when it finds out, so the delay is never too short. No delay follows a release. Costs each
 *     acquisition two more round trips, because the holder is recorded where the record outlives
 *     the process
 * @param closing what {@link LockGrant#close} waits for
 * @param purpose what the lock is for, as the queue shows it
 */
public record LockConfig(
    Sharing sharing,
    int maxHandOvers,
    Duration maxHandOverTime,
    Duration retention,
    int maxAhead,
    Duration maxHold,
    Overstay overstay,
    Duration crashDelay,
    Closing closing,
    Optional<String> purpose) {

  /** Which threads share a place in the cluster's queue. */
  public enum Sharing {
    /** All threads that want the lock through the same coordinator. */
    PROCESS,
    /** None: each acquisition has its own place. */
    NONE
  }

  /** What happens to a hold that lasts too long. */
  public enum Overstay {
    /** The hold goes on; one warning is logged. */
    WARN,
    /** The grant turns LOST, as after a forced release, and then the lock is released. */
    REVOKE
  }

  /** No limit to the queue. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** The number of hand-overs unless another is chosen. */
  public static final int MAX_HAND_OVERS = 256;

  /** The time for hand-overs unless another is chosen. */
  public static final Duration MAX_HAND_OVER_TIME = Duration.ofMillis(50);

  private static final int LONGEST_PURPOSE = 200;

  private static final LockConfig DEFAULTS =
      new LockConfig(
          Sharing.PROCESS,
          MAX_HAND_OVERS,
          MAX_HAND_OVER_TIME,
          Duration.ZERO,
          UNBOUNDED,
          Duration.ZERO,
          Overstay.WARN,
          Duration.ZERO,
          Closing.AWAITED,
          Optional.empty());

  private static final LockConfig UNSHARED =
      new LockConfig(
          Sharing.NONE,
          0,
          Duration.ZERO,
          Duration.ZERO,
          UNBOUNDED,
          Duration.ZERO,
          Overstay.WARN,
          Duration.ZERO,
          Closing.AWAITED,
          Optional.empty());

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a number or duration is negative, if it asks for hand-over
   *     or retention of a place that is not shared, or if the purpose is not 1 to 200 printable
   *     characters
   */
  public LockConfig {
    if (maxHandOvers < 0 || maxHandOverTime.isNegative()) {
      throw new IllegalArgumentException(
          "the bounds of hand-over must not be negative: "
              + maxHandOvers
              + " times, "
              + maxHandOverTime);
    }
    if (sharing == Sharing.NONE && (maxHandOvers > 0 || !retention.isZero())) {
      throw new IllegalArgumentException(
          "a place that is not shared is neither handed over nor kept: leave out unshared()");
    }
    if (maxAhead < 0) {
      throw new IllegalArgumentException("maxAhead must not be negative: " + maxAhead);
    }
    if (retention.isNegative() || maxHold.isNegative() || crashDelay.isNegative()) {
      throw new IllegalArgumentException(
          "retention, maximum hold and crash delay must not be negative: "
              + retention
              + ", "
              + maxHold
              + ", "
              + crashDelay);
    }
    if (purpose.filter(LockConfig::isNoPurpose).isPresent()) {
      throw new IllegalArgumentException(
          "a purpose has 1 to " + LONGEST_PURPOSE + " characters, and no control characters");
    }
  }

  private static boolean isNoPurpose(String text) {
    return text.isBlank()
        || text.length() > LONGEST_PURPOSE
        || text.chars().anyMatch(Character::isISOControl);
  }

  /**
   * Hand-over up to {@value #MAX_HAND_OVERS} times or 50 ms, no retention, no limits. A place costs
   * the cluster a few milliseconds of work, so that nearly all of the time goes to holders even
   * with rivals.
   */
  public static LockConfig defaults() {
    return DEFAULTS;
  }

  /**
   * A place in the cluster's queue for each acquisition, as if each thread were a process of its
   * own: to see every waiter in the queue, or to have the cluster's order among the threads of one
   * process, too. Each wait and each hold then costs the cluster a place. Otherwise {@link
   * #defaults}.
   */
  public static LockConfig unshared() {
    return UNSHARED;
  }

  /**
   * With other bounds for hand-overs.
   *
   * @throws IllegalArgumentException if there are hand-overs and the place is not shared
   */
  public LockConfig withHandOver(int most, Duration longest) {
    return new LockConfig(
        sharing,
        most,
        longest,
        retention,
        maxAhead,
        maxHold,
        overstay,
        crashDelay,
        closing,
        purpose);
  }

  /**
   * With a new place for each hold: the threads of this process still share one place at a time,
   * but do not hand it over.
   */
  public LockConfig withoutHandOver() {
    return withHandOver(0, maxHandOverTime);
  }

  /**
   * Keeping the place for {@code idle} after a release.
   *
   * @throws IllegalArgumentException if the place is not shared
   */
  public LockConfig withRetention(Duration idle) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        idle,
        maxAhead,
        maxHold,
        overstay,
        crashDelay,
        closing,
        purpose);
  }

  /** Refusing acquisitions that would have to wait behind more than {@code others} places. */
  public LockConfig withMaxAhead(int others) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        retention,
        others,
        maxHold,
        overstay,
        crashDelay,
        closing,
        purpose);
  }

  /** With a bound to each hold. */
  public LockConfig withMaxHold(Duration longest, Overstay then) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        retention,
        maxAhead,
        longest,
        then,
        crashDelay,
        closing,
        purpose);
  }

  /** Keeping the next holder out for {@code delay} after a crash. */
  public LockConfig withCrashDelay(Duration delay) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        retention,
        maxAhead,
        maxHold,
        overstay,
        delay,
        closing,
        purpose);
  }

  /**
   * With another behaviour of {@link LockGrant#close}, and so of the last unlock of a {@link
   * ThreadLock}. Several locks held as one use {@link Closing#AT_ONCE} only if all of them ask for
   * it.
   */
  public LockConfig withClosing(Closing other) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        retention,
        maxAhead,
        maxHold,
        overstay,
        crashDelay,
        other,
        purpose);
  }

  /**
   * With a purpose, which the queue shows.
   *
   * @param text 1 to 200 printable characters, such as {@code settle invoice 17}; no secrets
   * @throws IllegalArgumentException otherwise
   */
  public LockConfig withPurpose(String text) {
    return new LockConfig(
        sharing,
        maxHandOvers,
        maxHandOverTime,
        retention,
        maxAhead,
        maxHold,
        overstay,
        crashDelay,
        closing,
        Optional.of(text));
  }
}
