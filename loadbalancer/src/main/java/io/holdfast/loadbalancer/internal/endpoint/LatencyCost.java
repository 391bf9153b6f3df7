package io.holdfast.loadbalancer.internal.endpoint;

import io.holdfast.spi.Durations;
import java.time.Duration;

/**
 * What a request to one instance costs in time, as in Finagle's peak EWMA: an average of the
 * latencies that forgets with time constant tau, but jumps up to any latency above it at once; and
 * that falls towards zero by the same constant while nothing is heard, so that a bad instance is
 * tried again.
 *
 * <p><b>Why a pick needs no clock.</b> At time t the cost is {@code c * exp(-(t - t0) / tau)}, for
 * the cost c of the latest observation, made at t0. Its logarithm is {@code ln c + t0 / tau - t /
 * tau}, and the last part is the same for all instances. A comparison of instances can leave it
 * out: {@link #score} is {@code ln c + t0 / tau}, changes with observations only, and orders
 * instances at any time as their decayed costs at that time do.
 *
 * <p>For one thread at a time; its {@link EndpointLoad} sees to that.
 */
public final class LatencyCost {

  /** The least that a failure counts as, or a host that refuses at once would look fast. */
  public static final long FAILURE_NANOS = Durations.nanos(Duration.ofSeconds(1));

  /** The score of an instance that was never heard. */
  public static final double UNKNOWN = Double.NEGATIVE_INFINITY;

  private final double tau;
  private final long origin;

  private double cost;

  /** When {@link #cost} was right. */
  private long stamp;

  private double score = UNKNOWN;

  /**
   * Unknown yet.
   *
   * @param origin of all scores that are to be compared with this one
   */
  public LatencyCost(Duration tau, long origin) {
    this.tau = Durations.nanos(tau);
    this.origin = origin;
  }

  public double score() {
    return score;
  }

  public void observe(long nanos, long now) {
    double latency = Math.max(1, nanos);
    if (score == UNKNOWN) {
      cost = latency;
      stamp = now;
    } else {
      // Threads may come late with their observations; time does not go back for them.
      long since = Math.max(0, now - stamp);
      double kept = Math.exp(-since / tau);
      cost = latency > cost ? latency : cost * kept + latency * (1 - kept);
      stamp += since;
    }
    score = Math.log(cost) + (stamp - origin) / tau;
  }

  public void observeFailure(long nanos, long now) {
    observe(Math.max(nanos, FAILURE_NANOS), now);
  }

  /** The cost in nanoseconds at {@code now}; 0 if it is unknown. */
  public double at(long now) {
    return score == UNKNOWN ? 0 : Math.exp(score - (now - origin) / tau);
  }
}
