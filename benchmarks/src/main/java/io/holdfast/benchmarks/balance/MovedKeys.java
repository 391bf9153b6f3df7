package io.holdfast.benchmarks.balance;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** How many keys go elsewhere when one of a hundred instances leaves; one in a hundred must. */
final class MovedKeys {

  private static final int INSTANCES = 100;
  private static final int LEAVER = 37;

  private MovedKeys() {}

  /** In percent, by a policy that goes by keys. */
  static double percent(Policy policy, int keys) {
    return percent(
        keys,
        snapshot -> {
          LoadBalancer balancer = new LoadBalancer(() -> snapshot, policy);
          return key -> balancer.choose(Affinity.of(key)).orElseThrow();
        });
  }

  /** In percent, by rendezvous hashing: each key is the client of a subset of one. */
  static double rendezvousPercent(int keys) {
    return percent(
        keys,
        snapshot ->
            key ->
                new LoadBalancer(() -> snapshot, Policy.subset(key, 1, Policy.random()))
                    .choose()
                    .orElseThrow());
  }

  private static double percent(
      int keys, Function<ServiceSnapshot, Function<String, Endpoint>> owners) {
    Function<String, Endpoint> before = owners.apply(Fleets.even(INSTANCES, i -> true));
    Function<String, Endpoint> after = owners.apply(Fleets.even(INSTANCES, i -> i != LEAVER));
    List<String> moved = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      String key = "payment-" + i;
      if (!before.apply(key).instance().id().equals(after.apply(key).instance().id())) {
        moved.add(key);
      }
    }
    return 100.0 * moved.size() / keys;
  }
}
