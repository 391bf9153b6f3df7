package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.Comparator;
import java.util.List;

/**
 * Highest random weight (Thaler and Ravishankar): each client ranks the endpoints by XXH64 of their
 * ids, seeded with its own name's. Clients rank differently, one client always alike. When an
 * endpoint leaves a client's subset, one takes its place and the others stay.
 */
public final class RendezvousSubset {

  private record Ranked(TrackedEndpoint endpoint, long rank) {}

  private RendezvousSubset() {}

  /** The {@code size} that rank highest for {@code client}, by id. */
  public static List<TrackedEndpoint> subset(
      List<TrackedEndpoint> endpoints, String client, int size) {
    if (endpoints.size() <= size) {
      return endpoints;
    }
    long seed = XxHash64.of(client, 0);
    return endpoints.stream()
        .map(endpoint -> new Ranked(endpoint, XxHash64.of(endpoint.id(), seed)))
        .sorted(
            Comparator.comparingLong(Ranked::rank)
                .reversed()
                .thenComparing(ranked -> ranked.endpoint().id()))
        .limit(size)
        .map(Ranked::endpoint)
        .sorted(Comparator.comparing(TrackedEndpoint::id))
        .toList();
  }
}
