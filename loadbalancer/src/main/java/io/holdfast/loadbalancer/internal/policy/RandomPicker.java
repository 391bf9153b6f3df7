package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Any endpoint, evenly or in proportion to weight. */
public final class RandomPicker implements Picker {

  private final TrackedEndpoint[] endpoints;
  private final @Nullable AliasTable weights;
  private final RandomSource random;

  private RandomPicker(
      TrackedEndpoint[] endpoints, @Nullable AliasTable weights, RandomSource random) {
    this.endpoints = endpoints;
    this.weights = weights;
    this.random = random;
  }

  public static RandomPicker even(List<TrackedEndpoint> endpoints, RandomSource random) {
    return new RandomPicker(Choice.array(endpoints), null, random);
  }

  public static RandomPicker weighted(List<TrackedEndpoint> endpoints, RandomSource random) {
    TrackedEndpoint[] array = Choice.array(endpoints);
    return new RandomPicker(array, Choice.weights(array), random);
  }

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (endpoints.length == 0) {
      return null;
    }
    TrackedEndpoint drawn = endpoints[Choice.draw(weights, endpoints.length, random.bits())];
    return Choice.allowed(drawn, exclude) ? drawn : another(exclude);
  }

  /** In proportion to weight among those that are left; takes linear time. */
  private @Nullable TrackedEndpoint another(Set<String> exclude) {
    long total = 0;
    for (TrackedEndpoint endpoint : endpoints) {
      total += Choice.allowed(endpoint, exclude) ? share(endpoint) : 0;
    }
    long left = total == 0 ? 0 : Math.floorMod(random.bits() >>> 1, total);
    for (TrackedEndpoint endpoint : endpoints) {
      if (Choice.allowed(endpoint, exclude)) {
        left -= share(endpoint);
        if (left < 0) {
          return endpoint;
        }
      }
    }
    return null;
  }

  private int share(TrackedEndpoint endpoint) {
    return weights == null ? 1 : endpoint.weight();
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    double total = 0;
    for (TrackedEndpoint endpoint : endpoints) {
      total += share(endpoint);
    }
    for (TrackedEndpoint endpoint : endpoints) {
      scores.add(endpoint, share(endpoint) / total, "share of the picks");
    }
  }
}
