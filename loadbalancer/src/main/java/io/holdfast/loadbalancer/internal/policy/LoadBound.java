package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2018): no endpoint has
 * more active requests than a factor times its share of all of them, rounded up.
 *
 * <p>A count of all active requests would be one counter for all threads. Instead a pick in n, by
 * chance, adds them up over the n endpoints, so that a pick costs constant time on average, and the
 * sum is behind by about n picks: one request for each endpoint. Up to {@value #FEW} endpoints
 * every pick adds up, and the sum is right.
 */
public final class LoadBound {

  private static final int FEW = 8;

  private final EndpointLoad[] loads;
  private final double[] shares;
  private final RandomSource random;

  /** Any thread, without order: an older sum is as good as another. */
  private volatile long active;

  LoadBound(TrackedEndpoint[] endpoints, double factor, RandomSource random) {
    this.random = random;
    loads = new EndpointLoad[endpoints.length];
    shares = new double[endpoints.length];
    double total = 0;
    for (TrackedEndpoint endpoint : endpoints) {
      total += endpoint.weight();
    }
    for (int i = 0; i < loads.length; i++) {
      loads[i] = endpoints[i].load();
      shares[i] = factor * endpoints[i].weight() / total;
    }
    active = sum();
  }

  /** Checks a factor that a user gave. */
  public static double checked(double factor) {
    if (!(factor > 1)) {
      throw new IllegalArgumentException("a load factor is above 1: " + factor);
    }
    return factor;
  }

  /** Whether one request more is within the bound. */
  boolean hasRoom(int index) {
    return loads[index].active() < Math.ceil(shares[index] * (total() + 1));
  }

  private long total() {
    long known = active;
    if (loads.length > FEW && random.below(loads.length) != 0) {
      return known;
    }
    long sum = sum();
    if (sum != known) { // or every thread would take the line with it away from the others
      active = sum;
    }
    return sum;
  }

  private long sum() {
    long sum = 0;
    for (EndpointLoad load : loads) {
      sum += load.active();
    }
    return sum;
  }
}
