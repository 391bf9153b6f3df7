package io.holdfast.lock.internal.queue;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: each up to twice as long as the one before, shortened at random by half. A
 * static method and no object, because there are many waiters.
 */
public final class Backoff {

  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /** From here on a pause is not doubled any more. */
  private static final int MOST_DOUBLED = 10;

  private Backoff() {}

  /**
   * The pause before the next try.
   *
   * @param failures how many tries in a row failed before the last one
   */
  public static Duration pause(int failures, RandomGenerator random) {
    long doubled = Durations.nanos(SHORTEST) << Math.min(failures, MOST_DOUBLED);
    long most = Math.min(doubled, Durations.nanos(LONGEST));
    return Duration.ofNanos(random.nextLong(most / 2, most + 1));
  }
}
