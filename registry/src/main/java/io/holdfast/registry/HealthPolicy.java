package io.holdfast.registry;

import java.time.Duration;

/**
 * How often a {@link HealthCheck} runs, and how many results change the status.
 *
 * @param interval from the beginning of one run to that of the next, with a tenth of jitter. If a
 *     run takes longer, the next one starts after it
 * @param timeout after which a run counts as failed
 * @param rise so many good runs in a row make an instance {@link InstanceStatus#UP}
 * @param fall so many bad runs in a row make it {@link InstanceStatus#DOWN}
 */
public record HealthPolicy(Duration interval, Duration timeout, int rise, int fall) {

  public HealthPolicy {
    RegistryOptions.positive("interval", interval);
    RegistryOptions.positive("time-out", timeout);
    if (rise < 1 || fall < 1) {
      throw new IllegalArgumentException("rise and fall are at least 1: " + rise + ", " + fall);
    }
  }

  /** Every five seconds with a time-out of two; up after two, down after three. */
  public static HealthPolicy defaults() {
    return new HealthPolicy(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3);
  }

  /** With another interval. */
  public HealthPolicy withInterval(Duration other) {
    return new HealthPolicy(other, timeout, rise, fall);
  }

  /** With another time-out. */
  public HealthPolicy withTimeout(Duration other) {
    return new HealthPolicy(interval, other, rise, fall);
  }

  /** With other counts. */
  public HealthPolicy withCounts(int newRise, int newFall) {
    return new HealthPolicy(interval, timeout, newRise, newFall);
  }
}
