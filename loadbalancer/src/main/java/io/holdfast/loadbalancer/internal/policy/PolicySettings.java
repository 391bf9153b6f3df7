package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.SlowStart;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says apart from the way it picks.
 *
 * @param outlierDetection null if instances are never ejected
 * @param slowStart null if newcomers get their whole load at once
 * @param panicThreshold the share of instances, 0 to 1, below which ejections are ignored
 * @param tau the time constant of the latency average; null if the policy ignores latency
 */
public record PolicySettings(
    @Nullable OutlierDetection outlierDetection,
    @Nullable SlowStart slowStart,
    double panicThreshold,
    @Nullable Duration tau) {

  /** Of a policy to which nothing was added. */
  public static final PolicySettings PLAIN =
      new PolicySettings(null, null, Policy.STANDARD_PANIC_THRESHOLD, null);

  public PolicySettings with(OutlierDetection other) {
    return new PolicySettings(other, slowStart, panicThreshold, tau);
  }

  public PolicySettings with(SlowStart other) {
    return new PolicySettings(outlierDetection, other, panicThreshold, tau);
  }

  public PolicySettings withPanicThreshold(double other) {
    return new PolicySettings(outlierDetection, slowStart, other, tau);
  }

  public PolicySettings withTau(Duration other) {
    return new PolicySettings(outlierDetection, slowStart, panicThreshold, other);
  }
}
