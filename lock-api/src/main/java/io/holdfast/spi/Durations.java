package io.holdfast.spi;

import java.time.Duration;

/**
 * Makes durations from callers safe for arithmetic. A caller who means "for ever" passes the
 * longest duration, which does not fit into a count of nanoseconds. Code that waits, sets timers or
 * adds durations converts them here, so that it cannot fail half-way with an {@link
 * ArithmeticException}.
 */
public final class Durations {

  /**
   * What every longer duration is taken for: 10,000 days, longer than a process lives. A few of
   * them added together still fit into a {@code long} of nanoseconds.
   */
  public static final Duration LONGEST = Duration.ofDays(10_000);

  /** Made once: it takes long to make. */
  private static final Duration SHORTEST = LONGEST.negated();

  private Durations() {}

  /** The duration, or {@link #LONGEST} if that is shorter; likewise below zero. */
  public static Duration bounded(Duration duration) {
    if (duration.compareTo(LONGEST) > 0) {
      return LONGEST;
    }
    return duration.compareTo(SHORTEST) < 0 ? SHORTEST : duration;
  }

  /** {@link #bounded} in nanoseconds. */
  public static long nanos(Duration duration) {
    return bounded(duration).toNanos();
  }

  /** {@link #bounded} in milliseconds. */
  public static long millis(Duration duration) {
    return bounded(duration).toMillis();
  }

  /** In milliseconds, for interfaces that take an {@code int}: at most 24 days. */
  public static int intMillis(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, millis(duration));
  }

  /**
   * A duration for people: {@code 250 ms}, {@code 10 s}, {@code 1.5 s}, {@code 2 min}, {@code 3 h 5
   * min}, {@code 4 d}; the two largest units that count, rounded down.
   */
  public static String text(Duration duration) {
    if (duration.isNegative()) {
      return "-" + text(bounded(duration).negated());
    }
    if (duration.compareTo(LONGEST) >= 0) {
      return "for ever";
    }
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 10_000 && millis % 1_000 >= 100) {
      return millis / 1_000 + "." + millis % 1_000 / 100 + " s";
    }
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    return seconds < 86_400
        ? two(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
        : two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
  }

  private static String two(long first, String unit, long second, String lesser) {
    return first + " " + unit + (second == 0 ? "" : " " + second + " " + lesser);
  }
}
