package io.holdfast.registry.internal;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries, with decorrelated jitter: each is random between the shortest and three
 * times the one before, up to a longest. Clients that failed together soon try apart. After Marc
 * Brooker, "Exponential Backoff and Jitter".
 */
public final class Backoff {

  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int GROWTH = 3;

  private final RandomGenerator random;
  private long before;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** True if nothing has failed since the last {@link #reset}. */
  public boolean isFresh() {
    return before == 0;
  }

  /** The pause before the next try. */
  public Duration next() {
    long shortest = Durations.nanos(SHORTEST);
    long upTo = Math.max(shortest, before) * GROWTH;
    before = Math.min(Durations.nanos(LONGEST), random.nextLong(shortest, upTo));
    return Duration.ofNanos(before);
  }

  /** It went well. */
  public void reset() {
    before = 0;
  }
}
