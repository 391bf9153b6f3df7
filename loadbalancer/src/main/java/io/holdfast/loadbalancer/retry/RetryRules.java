package io.holdfast.loadbalancer.retry;

import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.spi.Durations;
import java.time.Duration;

/**
 * How often a request may be tried, and when.
 *
 * @param attempts at most, the first and hedges included
 * @param firstBackoff before the second attempt, at most; doubles from then on. A retry waits a
 *     random part of it
 * @param longestBackoff at most
 * @param hedgeAfter how long to wait for an answer before the request is sent to another instance
 *     as well; zero never does
 */
public record RetryRules(
    int attempts, Duration firstBackoff, Duration longestBackoff, Duration hedgeAfter) {

  public RetryRules {
    if (attempts < 1) {
      throw new IllegalArgumentException("a request has one attempt at least: " + attempts);
    }
    if (firstBackoff.isNegative() || longestBackoff.isNegative() || hedgeAfter.isNegative()) {
      throw new IllegalArgumentException("durations of retry rules are not negative");
    }
  }

  /** Three attempts, 25 ms apart and growing to 250 ms, no hedging. */
  public static RetryRules standard() {
    return new RetryRules(3, Duration.ofMillis(25), Duration.ofMillis(250), Duration.ZERO);
  }

  /** One attempt. */
  public static RetryRules never() {
    return new RetryRules(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /** With another number of attempts. */
  public RetryRules withAttempts(int other) {
    return new RetryRules(other, firstBackoff, longestBackoff, hedgeAfter);
  }

  /** With other waits. */
  public RetryRules withBackoff(Duration first, Duration longest) {
    return new RetryRules(attempts, first, longest, hedgeAfter);
  }

  /** Hedging after another time; zero never does. */
  public RetryRules withHedgeAfter(Duration other) {
    return new RetryRules(attempts, firstBackoff, longestBackoff, other);
  }

  /** Whether slow requests are sent to another instance as well. */
  public boolean hedges() {
    return !hedgeAfter.isZero();
  }

  /** How long to wait before the next attempt when {@code made} were made. */
  Duration backoff(int made, RandomSource random) {
    long longest = Math.max(Durations.nanos(longestBackoff), Durations.nanos(firstBackoff));
    int doublings = Math.min(Math.max(0, made - 1), 30);
    double bound =
        Math.min((double) longest, (double) Durations.nanos(firstBackoff) * (1L << doublings));
    return Duration.ofNanos((long) (bound * (random.bits() >>> 11) * 0x1p-53));
  }
}
