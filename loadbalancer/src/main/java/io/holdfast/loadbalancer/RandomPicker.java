package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Any endpoint, evenly or in proportion to weight. */
final class RandomPicker implements Picker {

  private final Endpoint[] endpoints;
  private final @Nullable AliasTable weights;
  private final Dice dice;

  private RandomPicker(Endpoint[] endpoints, @Nullable AliasTable weights, Dice dice) {
    this.endpoints = endpoints;
    this.weights = weights;
    this.dice = dice;
  }

  static RandomPicker even(List<Endpoint> endpoints, Dice dice) {
    return new RandomPicker(Choice.array(endpoints), null, dice);
  }

  static RandomPicker weighted(List<Endpoint> endpoints, Dice dice) {
    Endpoint[] array = Choice.array(endpoints);
    return new RandomPicker(array, Choice.weights(array), dice);
  }

  @Override
  public @Nullable Endpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (endpoints.length == 0) {
      return null;
    }
    Endpoint drawn = endpoints[Choice.draw(weights, endpoints.length, dice.bits())];
    return Choice.allowed(drawn, exclude) ? drawn : another(exclude);
  }

  /** In proportion to weight among those that are left; takes linear time. */
  private @Nullable Endpoint another(Set<String> exclude) {
    long total = 0;
    for (Endpoint endpoint : endpoints) {
      total += Choice.allowed(endpoint, exclude) ? share(endpoint) : 0;
    }
    long left = total == 0 ? 0 : Math.floorMod(dice.bits() >>> 1, total);
    for (Endpoint endpoint : endpoints) {
      if (Choice.allowed(endpoint, exclude)) {
        left -= share(endpoint);
        if (left < 0) {
          return endpoint;
        }
      }
    }
    return null;
  }

  private int share(Endpoint endpoint) {
    return weights == null ? 1 : endpoint.weight();
  }

  @Override
  public void describe(@Nullable Affinity affinity, Notes notes) {
    double total = 0;
    for (Endpoint endpoint : endpoints) {
      total += share(endpoint);
    }
    for (Endpoint endpoint : endpoints) {
      notes.add(endpoint, share(endpoint) / total, "share of the picks");
    }
  }
}
