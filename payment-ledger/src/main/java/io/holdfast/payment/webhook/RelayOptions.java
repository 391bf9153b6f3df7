package io.holdfast.payment.webhook;

import java.time.Duration;

/**
 * How webhooks are tried.
 *
 * @param firstPause after the first failure; doubled at each one more
 * @param longestPause at most; then at this pace for as long as it takes
 * @param disabledAfter when the first undelivered event is as old as this and failed again, the
 *     account's endpoint counts as disabled: an operator sees it, and it is tried at the longest
 *     pause only
 * @param atOnce accounts that are served at a time
 */
public record RelayOptions(
    Duration firstPause, Duration longestPause, Duration disabledAfter, int atOnce) {

  /** 1 second to 10 minutes, three days, 64 accounts. */
  public static final RelayOptions DEFAULTS =
      new RelayOptions(Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofDays(3), 64);

  private static final int MOST_DOUBLED = 30;

  public RelayOptions {
    if (firstPause.isNegative()
        || firstPause.isZero()
        || longestPause.compareTo(firstPause) < 0
        || longestPause.compareTo(Duration.ofDays(1)) > 0
        || disabledAfter.isNegative()
        || atOnce < 1) {
      throw new IllegalArgumentException(
          "pauses are more than zero and at most a day, and one account at least is served");
    }
  }

  /**
   * The pause after so many failures in a row: half of the doubled one, and up to the whole of it
   * by chance, so that accounts that failed together do not come back together.
   *
   * @param chance 0 to 1
   */
  Duration pause(int failures, double chance) {
    Duration doubled = firstPause;
    for (int i = 1; i < Math.min(failures, MOST_DOUBLED); i++) {
      doubled = doubled.multipliedBy(2);
      if (doubled.compareTo(longestPause) >= 0) {
        break;
      }
    }
    long most = Math.min(doubled.toNanos(), longestPause.toNanos());
    return Duration.ofNanos((long) (most * (0.5 + chance / 2)));
  }
}
