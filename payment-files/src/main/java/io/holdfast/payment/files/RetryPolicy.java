package io.holdfast.payment.files;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the same request is made again: twice as long each time, with chance in
 * it so that many do not come back at once.
 *
 * @param first the longest pause after the first attempt
 * @param longest the longest pause
 * @param bound for how long to go on
 */
record RetryPolicy(Duration first, Duration longest, Duration bound) {

  RetryPolicy {
    if (first.isZero() || first.isNegative() || bound.isNegative()) {
      throw new IllegalArgumentException("a pause is more than nothing");
    }
  }

  static RetryPolicy within(Duration bound) {
    return new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5), bound);
  }

  /** The pause after so many attempts, from 1; not shorter than the node asked for. */
  Duration pause(int attempts, Duration asked) {
    long most = first.toNanos() << Math.min(attempts - 1, 20);
    long capped = most <= 0 ? longest.toNanos() : Math.min(most, longest.toNanos());
    long half = Math.max(1, capped / 2);
    Duration own = Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half));
    return own.compareTo(asked) < 0 ? asked : own;
  }
}
