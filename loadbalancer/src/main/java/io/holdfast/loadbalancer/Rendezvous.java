package io.holdfast.loadbalancer;

import java.util.Comparator;
import java.util.List;

/**
 * Highest random weight (Thaler and Ravishankar): each client ranks the endpoints by XXH64 of their
 * ids, seeded with its own name's. Clients rank differently, one client always alike. When an
 * endpoint leaves a client's subset, one takes its place and the others stay.
 */
final class Rendezvous {

  private record Ranked(Endpoint endpoint, long rank) {}

  private Rendezvous() {}

  /** The {@code size} that rank highest for {@code client}, by id. */
  static List<Endpoint> subset(List<Endpoint> endpoints, String client, int size) {
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
        .sorted(Comparator.comparing(Endpoint::id))
        .toList();
  }
}
