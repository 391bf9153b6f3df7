package io.holdfast.loadbalancer;

import java.time.Duration;

/**
 * A newcomer's load grows with its age: it gets {@code max(least, (age / window) ^ (1 /
 * aggression))} of what it would get, until it is as old as the window. Instances that came
 * together when there was no other, as at this process's start, need none: no other could take the
 * load from them.
 *
 * @param window how long it lasts
 * @param aggression 1 grows evenly with age, more grows faster at first; above 0
 * @param least the share at the very beginning, 0 to 1
 */
public record SlowStart(Duration window, double aggression, double least) {

  public SlowStart {
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("a window of slow start is positive: " + window);
    }
    if (!(aggression > 0)) {
      throw new IllegalArgumentException("an aggression is above 0: " + aggression);
    }
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException("a least share is 0 to 1: " + least);
    }
  }

  /** Growing evenly from a tenth. */
  public static SlowStart of(Duration window) {
    return new SlowStart(window, 1, 0.1);
  }

  /** Growing faster or slower at first. */
  public SlowStart withAggression(double other) {
    return new SlowStart(window, other, least);
  }

  /** Starting from another share. */
  public SlowStart withLeast(double other) {
    return new SlowStart(window, aggression, other);
  }
}
