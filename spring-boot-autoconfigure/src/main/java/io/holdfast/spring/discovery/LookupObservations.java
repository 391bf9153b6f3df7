package io.holdfast.spring.discovery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;

/**
 * Micrometer's observations of lookups through Spring Cloud's discovery clients, what the load
 * balancer looks up apart. Without an observation registry they do nothing.
 */
final class LookupObservations {

  static final String INSTANCES = "holdfast.discovery.instances";
  static final String SERVICES = "holdfast.discovery.services";
  static final String OUTCOME = "outcome";

  private final ObservationRegistry registry;

  LookupObservations(ObservationRegistry registry) {
    this.registry = registry;
  }

  /**
   * Of a lookup of instances; not started.
   *
   * @param service one that has a view: the names of these are few, whatever callers ask for
   */
  Observation instances(String service) {
    return Observation.createNotStarted(INSTANCES, registry)
        .contextualName("find " + service)
        .lowCardinalityKeyValue("service", service)
        .lowCardinalityKeyValue(OUTCOME, "failed");
  }

  /** Of a lookup of the services' names; not started. */
  Observation services() {
    return Observation.createNotStarted(SERVICES, registry)
        .contextualName("find services")
        .lowCardinalityKeyValue(OUTCOME, "failed");
  }

  /** Notes what came of it; until then it is one that failed. */
  static void found(Observation observation, List<?> what) {
    observation.lowCardinalityKeyValue(OUTCOME, what.isEmpty() ? "none" : "found");
  }
}
