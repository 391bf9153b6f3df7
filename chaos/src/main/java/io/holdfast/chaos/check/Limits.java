package io.holdfast.chaos.check;

import java.time.Duration;

/**
 * How far a search may go before it is given up as {@link Verdict.Unknown}.
 *
 * @param time at most
 * @param configurations how many pairs of a set of operations and a state it may remember
 */
public record Limits(Duration time, int configurations) {

  /** A minute, and two million. */
  public static Limits defaults() {
    return new Limits(Duration.ofMinutes(1), 2_000_000);
  }

  public Limits {
    if (time.isNegative() || configurations < 1) {
      throw new IllegalArgumentException("no room to search: " + time + ", " + configurations);
    }
  }

  /** With another time. */
  public Limits withTime(Duration other) {
    return new Limits(other, configurations);
  }

  /** With another number of configurations. */
  public Limits withConfigurations(int other) {
    return new Limits(time, other);
  }
}
