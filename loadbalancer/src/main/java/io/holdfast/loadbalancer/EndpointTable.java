package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Registered;
import io.holdfast.registry.ServiceSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The endpoints of the latest snapshot, shared by a balancer and its subsets: the load of an
 * instance is one, whichever of them picked it.
 */
final class EndpointTable {

  private record Incarnation(String id, long epoch) {
    static Incarnation of(Registered registered) {
      return new Incarnation(registered.id(), registered.epoch().value());
    }
  }

  /** Guarded by this. */
  private Map<Incarnation, Load> loads = Map.of();

  /** Guarded by this. */
  private Revision latest = Revision.NONE;

  /**
   * The endpoints of {@code snapshot}. Instances that an earlier snapshot held already keep their
   * load; those that a later one no longer holds are forgotten.
   */
  synchronized List<Endpoint> endpoints(ServiceSnapshot snapshot) {
    Map<Incarnation, Load> next = new HashMap<>();
    List<Endpoint> endpoints =
        snapshot.instances().stream()
            .map(
                registered -> {
                  Incarnation incarnation = Incarnation.of(registered);
                  Load load = loads.get(incarnation);
                  Load kept = load == null ? new Load() : load;
                  next.put(incarnation, kept);
                  return new Endpoint(registered, kept);
                })
            .toList();
    if (snapshot.revision().compareTo(latest) >= 0) {
      latest = snapshot.revision();
      loads = next;
    }
    return endpoints;
  }
}
