package io.holdfast.registry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses between tries: each twice the one before, up to a longest, each with jitter. */
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final RandomGenerator random;
  private Duration pause = FIRST;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** True if nothing has failed since the last {@link #reset}. */
  boolean isFresh() {
    return pause.equals(FIRST);
  }

  /** The pause before the next try: from half of the nominal one to all of it. */
  Duration next() {
    long nanos = random.nextLong(pause.toNanos() / 2, pause.toNanos());
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    return Duration.ofNanos(nanos);
  }

  /** It went well. */
  void reset() {
    pause = FIRST;
  }
}
