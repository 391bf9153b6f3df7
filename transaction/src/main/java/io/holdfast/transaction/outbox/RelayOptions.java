package io.holdfast.transaction.outbox;

import java.time.Duration;

/**
 * How a relay works.
 *
 * @param interval how often it looks for messages when there are none
 * @param concurrency how many keys it delivers messages of at a time, 1 to 1,000
 * @param window how many messages it reads at a time, 1 to 10,000
 * @param attempts how often a message is tried before it is parked, at least 1
 * @param firstPause before the second try; doubled for each further one, shortened at random by up
 *     to half
 * @param longestPause between two tries
 * @param deliveryTimeout how long a try may take before it counts as unknown
 * @param retention how long delivered messages are kept, for people to look at
 */
public record RelayOptions(
    Duration interval,
    int concurrency,
    int window,
    int attempts,
    Duration firstPause,
    Duration longestPause,
    Duration deliveryTimeout,
    Duration retention) {

  private static final int MOST_KEYS = 1_000;
  private static final int MOST_MESSAGES = 10_000;

  public RelayOptions {
    if (concurrency < 1 || concurrency > MOST_KEYS || window < 1 || window > MOST_MESSAGES) {
      throw new IllegalArgumentException("concurrency is 1 to 1,000, the window 1 to 10,000");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("a message is tried at least once");
    }
    if (!isPositive(interval)
        || !isPositive(firstPause)
        || !isPositive(deliveryTimeout)
        || longestPause.compareTo(firstPause) < 0
        || retention.isNegative()) {
      throw new IllegalArgumentException("times are positive, and the longest pause is longest");
    }
  }

  private static boolean isPositive(Duration duration) {
    return duration.compareTo(Duration.ZERO) > 0;
  }

  /**
   * Every half second; 64 keys and 256 messages at a time; 20 tries from 200 ms to a minute apart,
   * some ten minutes in all; 30 s for each; kept for 7 days.
   */
  public static RelayOptions defaults() {
    return new RelayOptions(
        Duration.ofMillis(500),
        64,
        256,
        20,
        Duration.ofMillis(200),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        Duration.ofDays(7));
  }

  /** Looks in another rhythm. */
  public RelayOptions withInterval(Duration other) {
    return new RelayOptions(
        other, concurrency, window, attempts, firstPause, longestPause, deliveryTimeout, retention);
  }

  /** Delivers and reads other numbers at a time. */
  public RelayOptions withConcurrency(int keys, int messages) {
    return new RelayOptions(
        interval, keys, messages, attempts, firstPause, longestPause, deliveryTimeout, retention);
  }

  /** Tries otherwise. */
  public RelayOptions withAttempts(int most, Duration first, Duration longest, Duration each) {
    return new RelayOptions(interval, concurrency, window, most, first, longest, each, retention);
  }

  /** Keeps what was delivered for another time. */
  public RelayOptions withRetention(Duration other) {
    return new RelayOptions(
        interval, concurrency, window, attempts, firstPause, longestPause, deliveryTimeout, other);
  }

  /** The pause after so many tries, before any of it is taken off at random. */
  Duration pause(int tries) {
    Duration pause = firstPause;
    for (int i = 1; i < tries && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
