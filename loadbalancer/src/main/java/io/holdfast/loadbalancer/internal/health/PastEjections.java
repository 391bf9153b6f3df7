package io.holdfast.loadbalancer.internal.health;

import io.holdfast.loadbalancer.internal.endpoint.EndpointHealth;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.registry.ServiceInstance;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The ejected instances that have left, each until its ejection is over: an instance does not get
 * rid of an ejection by registering again. An instance is the same if its id, its host and its
 * ports are; what took over its id elsewhere is judged anew.
 *
 * <p>Remembers a bounded number; above it those are forgotten first whose ejections end first. Not
 * safe for use by several threads.
 */
final class PastEjections {

  private static final int MOST = 1_000;

  private record Place(String id, String host, Map<String, Integer> ports) {

    static Place of(TrackedEndpoint endpoint) {
      ServiceInstance instance = endpoint.instance();
      return new Place(instance.id(), instance.host(), instance.ports());
    }
  }

  /** What is remembered of one. */
  record Absence(EndpointHealth.Ejection ejection, int times) {

    private boolean isOver(long now) {
      return now - ejection.until() >= 0;
    }
  }

  private final Map<Place, Absence> absences = new HashMap<>();

  /** An instance is gone from the list; remembers it if it is ejected. */
  void left(TrackedEndpoint endpoint, long now) {
    EndpointHealth health = endpoint.load().health();
    EndpointHealth.Ejection ejection = health.ejection();
    absences.values().removeIf(absence -> absence.isOver(now));
    if (ejection == null || now - ejection.until() >= 0) {
      return;
    }
    absences.put(Place.of(endpoint), new Absence(ejection, health.times()));
    if (absences.size() > MOST) {
      absences.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().ejection().until() - now))
          .map(Map.Entry::getKey)
          .ifPresent(absences::remove);
    }
  }

  /** An instance is new in the list; gives and forgets what it has yet to sit out. */
  Optional<Absence> returned(TrackedEndpoint endpoint, long now) {
    if (absences.isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(absences.remove(Place.of(endpoint)))
        .filter(absence -> !absence.isOver(now));
  }

  int size() {
    return absences.size();
  }
}
