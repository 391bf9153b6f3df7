package io.holdfast.spring.balancing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's observations of requests to chosen instances, one for each attempt: a retry is
 * another. The choice itself takes nanoseconds and is not observed. Without an observation registry
 * they do nothing.
 */
final class CallObservations {

  static final String NAME = "holdfast.balanced.call";
  static final String OUTCOME = "outcome";

  private final ObservationRegistry registry;

  CallObservations(ObservationRegistry registry) {
    this.registry = registry;
  }

  /**
   * Begins now.
   *
   * @param around what it is part of; null for what the thread has
   */
  Observation start(String service, String instance, @Nullable Observation around) {
    Observation observation =
        Observation.createNotStarted(NAME, registry)
            .contextualName("call " + service)
            .lowCardinalityKeyValue("service", service)
            .highCardinalityKeyValue("instance", instance);
    if (around != null) {
      observation.parentObservation(around);
    }
    return observation.start();
  }
}
