package io.holdfast.loadbalancer.internal.endpoint;

import io.holdfast.loadbalancer.SlowStart;
import io.holdfast.spi.Durations;

/**
 * How far an instance has come in its slow start.
 *
 * @param warm true if it needs none: it was there before, or all came together
 * @param born when this process first heard of it
 */
public record SlowStartProgress(boolean warm, long born) {

  /** Its share of the load it would otherwise get, at {@code now}: up to 1. */
  public double at(SlowStart slowStart, long now) {
    return warm ? 1 : shareAfter(slowStart, now - born);
  }

  public static double shareAfter(SlowStart rules, long age) {
    double passed = (double) Math.max(0, age) / Durations.nanos(rules.window());
    if (passed >= 1) {
      return 1;
    }
    double share = rules.aggression() == 1 ? passed : Math.pow(passed, 1 / rules.aggression());
    return Math.max(rules.least(), share);
  }
}
