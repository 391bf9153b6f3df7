package io.holdfast.loadbalancer;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Picks many times and counts who it was. */
public final class Picking {

  private Picking() {}

  /** Picks without telling any outcome. */
  public static Map<String, Integer> counts(LoadBalancer balancer, int picks) {
    return counts(picks, () -> balancer.pick().orElseThrow());
  }

  public static Map<String, Integer> counts(int picks, Supplier<Pick> source) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < picks; i++) {
      try (Pick pick = source.get()) {
        counts.merge(pick.instance().id(), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Whom an affinity gets. */
  public static String owner(LoadBalancer balancer, Affinity affinity) {
    try (Pick pick = balancer.pick(affinity).orElseThrow()) {
      return pick.instance().id();
    }
  }

  /** Tells an outcome of one instance, so many times. */
  static void tell(LoadBalancer balancer, String id, RequestOutcome outcome, int times) {
    LoadBalancer one = balancer.where(instance -> instance.id().equals(id));
    for (int i = 0; i < times; i++) {
      one.pick().orElseThrow().end(outcome);
    }
  }
}
