package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two distinct endpoints (Mitzenmacher's power of two choices).
 *
 * <p>The first candidate is drawn in proportion to weight, the second evenly among the others. The
 * second is taken if it would, with this request, carry no more for its weight than the first does
 * without it: {@code (active + 1) / weight <= active / weight}. Among equal weights that is "has
 * fewer active requests". With unequal ones an idle service is used exactly in proportion to
 * weight, and a busy one settles where active requests are in proportion to weight. Taking the
 * better {@code weight / (active + 1)} of the two instead gives the lighter one nothing at all
 * while the service is idle; taking the lesser {@code active / weight} gives a light one a request
 * whenever it has none.
 */
public final class LeastRequestPicker implements Picker {

  private final TrackedEndpoint[] endpoints;
  private final EndpointLoad[] loads;
  private final @Nullable AliasTable weights;
  private final RandomSource random;

  public LeastRequestPicker(List<TrackedEndpoint> endpoints, RandomSource random) {
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
    // With weights the lower half is used up.
    int number = weights == null ? RandomSource.low(bits, size - 1) : random.below(size - 1);
    int second = Choice.other(first, number);
    if (!exclude.isEmpty()) {
      return pick(first, second, exclude);
    }
    return endpoints[better(first, second)];
  }

  private @Nullable TrackedEndpoint pick(int first, int second, Set<String> exclude) {
    boolean firstAllowed = Choice.allowed(endpoints[first], exclude);
    if (firstAllowed && Choice.allowed(endpoints[second], exclude)) {
      return endpoints[better(first, second)];
    }
    if (firstAllowed) {
      return endpoints[first];
    }
    return Choice.allowed(endpoints[second], exclude)
        ? endpoints[second]
        : Choice.probe(endpoints, random.below(endpoints.length), exclude);
  }

  private int better(int first, int second) {
    long with = loads[second].active() + 1L;
    long without = loads[first].active();
    long difference =
        weights == null
            ? with - without
            : with * endpoints[first].weight() - without * endpoints[second].weight();
    return Choice.either(first, second, difference - 1);
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    for (TrackedEndpoint endpoint : endpoints) {
      scores.add(
          endpoint,
          (double) endpoint.load().active() / endpoint.weight(),
          "active requests for its weight; the less the better");
    }
  }
}
