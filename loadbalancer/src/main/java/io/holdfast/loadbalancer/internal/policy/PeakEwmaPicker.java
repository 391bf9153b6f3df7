package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.LatencyCost;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of two distinct endpoints, drawn in proportion to weight, the one with the lesser {@code cost *
 * (active + 1)}, where the cost is that of {@link LatencyCost}. One that was never heard is tried
 * at once, and then left alone until the answer to its first request is there.
 *
 * <p>Everything is compared by its logarithm, which is how the cost is kept.
 */
public final class PeakEwmaPicker implements Picker {

  /**
   * Worse than every cost, and its negative better: the logarithm of any number of nanoseconds is
   * below 44. Finite, so that two unknown endpoints differ by 0 and not by something that is no
   * number.
   */
  private static final double PENALTY = 1e12;

  private static final double[] LOGARITHMS = new double[1024];

  static {
    for (int i = 0; i < LOGARITHMS.length; i++) {
      LOGARITHMS[i] = Math.log(i);
    }
  }

  private final TrackedEndpoint[] endpoints;
  private final EndpointLoad[] loads;
  private final @Nullable AliasTable weights;
  private final RandomSource random;

  public PeakEwmaPicker(List<TrackedEndpoint> endpoints, RandomSource random) {
    this.endpoints = Choice.array(endpoints);
    this.loads = endpoints.stream().map(TrackedEndpoint::load).toArray(EndpointLoad[]::new);
    this.weights = Choice.weights(this.endpoints);
    this.random = random;
  }

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    int size = endpoints.length;
    if (size <= 1) {
      return Choice.probe(endpoints, 0, exclude);
    }
    long bits = random.bits();
    int first = Choice.draw(weights, size, bits);
    int second = weights == null ? evenSecond(bits, first) : weightedSecond(weights, first);
    if (!exclude.isEmpty()) {
      return pick(first, second, exclude);
    }
    return endpoints[better(first, second)];
  }

  private int evenSecond(long bits, int first) {
    return Choice.other(first, RandomSource.low(bits, endpoints.length - 1));
  }

  private int weightedSecond(AliasTable table, int first) {
    int second = table.at(random.bits());
    return second != first ? second : evenSecond(random.bits(), first);
  }

  private @Nullable TrackedEndpoint pick(int first, int second, Set<String> exclude) {
    boolean firstAllowed = Choice.allowed(endpoints[first], exclude);
    boolean secondAllowed = Choice.allowed(endpoints[second], exclude);
    if (firstAllowed && secondAllowed) {
      return endpoints[better(first, second)];
    }
    if (firstAllowed || secondAllowed) {
      return endpoints[firstAllowed ? first : second];
    }
    return Choice.probe(endpoints, random.below(endpoints.length), exclude);
  }

  /** The second if its load is less: then their difference has the sign of a negative number. */
  private int better(int first, int second) {
    return Choice.either(first, second, Double.doubleToRawLongBits(load(second) - load(first)));
  }

  private double load(int index) {
    EndpointLoad load = loads[index];
    double score = load.score();
    int active = load.active();
    if (score == LatencyCost.UNKNOWN) {
      return active == 0 ? -PENALTY : PENALTY + active;
    }
    int next = active + 1;
    return score + (next < LOGARITHMS.length ? LOGARITHMS[next] : Math.log(next));
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    for (TrackedEndpoint endpoint : endpoints) {
      EndpointLoad load = endpoint.load();
      boolean known = load.score() != LatencyCost.UNKNOWN;
      scores.add(
          endpoint,
          load.costAt(endpoint.nanoTime()) / 1e6 * (load.active() + 1),
          known
              ? "cost in ms * (active + 1); the less the better"
              : load.active() == 0
                  ? "never heard; tried first"
                  : "never heard; waiting for its first answer");
    }
  }
}
