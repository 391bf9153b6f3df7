package io.holdfast.transaction.saga;

import java.time.Duration;

/**
 * How often a step whose outcome is unknown is called again before its saga is parked.
 *
 * @param attempts calls, at least 1
 * @param firstPause before the second; doubled for each further one, shortened at random by up to
 *     half
 * @param longestPause between two
 * @param timeout for each call
 * @param within from the first call until no other is begun: the step's deadline
 */
public record StepRetry(
    int attempts, Duration firstPause, Duration longestPause, Duration timeout, Duration within) {

  public StepRetry {
    if (attempts < 1) {
      throw new IllegalArgumentException("a step is called at least once");
    }
    if (firstPause.isNegative()
        || firstPause.isZero()
        || longestPause.compareTo(firstPause) < 0
        || timeout.isNegative()
        || timeout.isZero()
        || within.compareTo(timeout) < 0) {
      throw new IllegalArgumentException(
          "times are positive, the longest pause is longest, and a step has time for one call");
    }
  }

  /** 15 calls of 10 s at most, from 200 ms to half a minute apart, begun within 10 minutes. */
  public static StepRetry defaults() {
    return new StepRetry(
        15,
        Duration.ofMillis(200),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofMinutes(10));
  }

  /** The pause after so many calls, before any of it is taken off at random. */
  Duration pause(int calls) {
    Duration pause = firstPause;
    for (int i = 1; i < calls && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
