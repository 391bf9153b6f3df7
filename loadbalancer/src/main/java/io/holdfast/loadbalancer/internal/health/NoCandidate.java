package io.holdfast.loadbalancer.internal.health;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Durations;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says, for people, why there is no instance to choose. */
public final class NoCandidate {

  private NoCandidate() {}

  public static String explain(ServiceSnapshot snapshot, CandidateSet candidates, Instant now) {
    String service = "service '" + snapshot.service() + "'";
    boolean unheard =
        snapshot.revision().equals(Revision.NONE) && snapshot.freshness() == Freshness.STALE;
    if (snapshot.isEmpty() && unheard) {
      return "nothing is known of " + service + " yet: the cluster was not heard";
    }
    String asOf =
        switch (snapshot.freshness()) {
          case LIVE, PROTECTED -> "";
          case STALE ->
              ", as the cluster said when it was last heard"
                  + snapshot.age(now).map(age -> ", " + Durations.text(age) + " ago").orElse("");
          case DISK -> ", as this machine's disk says; the cluster was not heard";
        };
    if (snapshot.isEmpty()) {
      return "no instance of " + service + " is registered" + asOf;
    }
    if (candidates.available().isEmpty()) {
      return "of " + service + " no instance takes requests: " + counts(candidates) + asOf;
    }
    return "of "
        + service
        + " no instance is left to choose: "
        + candidates.available().size()
        + " take requests, and were excluded or are outside this client's subset"
        + asOf;
  }

  private static String counts(CandidateSet candidates) {
    Map<String, Long> kinds =
        candidates.all().stream()
            .collect(
                Collectors.groupingBy(
                    endpoint -> kind(endpoint, candidates), TreeMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
        .map(kind -> kind.getValue() + " " + kind.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String kind(TrackedEndpoint endpoint, CandidateSet candidates) {
    InstanceStatus status = endpoint.instance().status();
    if (status != InstanceStatus.UP) {
      return status.toString();
    }
    if (endpoint.weight() == 0) {
      return "of weight 0";
    }
    return candidates.willing().contains(endpoint) ? "ejected" : "not wanted here";
  }
}
