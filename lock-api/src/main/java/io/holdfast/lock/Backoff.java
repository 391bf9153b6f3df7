package io.holdfast.lock;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: each up to twice as long as the one before, shortened at random by half.
 */
final class Backoff {

  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private Duration pause = SHORTEST;

  /** The pause before the next try. */
  Duration next(RandomGenerator random) {
    long most = pause.toNanos();
    pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    return Duration.ofNanos(random.nextLong(most / 2, most + 1));
  }

  /** After a success. */
  void reset() {
    pause = SHORTEST;
  }
}
