package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Durations;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Why there is nobody to choose, for people. */
final class Nobody {

  private Nobody() {}

  static String explain(ServiceSnapshot snapshot, Roster roster, Instant now) {
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
    if (roster.available().isEmpty()) {
      return "of " + service + " nobody takes requests: " + counts(roster) + asOf;
    }
    return "of "
        + service
        + " nobody is left to choose: "
        + roster.available().size()
        + " take requests, and were excluded or are outside this client's subset"
        + asOf;
  }

  private static String counts(Roster roster) {
    Map<String, Long> kinds =
        roster.all().stream()
            .collect(
                Collectors.groupingBy(
                    endpoint -> kind(endpoint, roster), TreeMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
        .map(kind -> kind.getValue() + " " + kind.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String kind(Endpoint endpoint, Roster roster) {
    InstanceStatus status = endpoint.instance().status();
    if (status != InstanceStatus.UP) {
      return status.toString();
    }
    if (endpoint.weight() == 0) {
      return "of weight 0";
    }
    return roster.willing().contains(endpoint) ? "ejected" : "not wanted here";
  }
}
