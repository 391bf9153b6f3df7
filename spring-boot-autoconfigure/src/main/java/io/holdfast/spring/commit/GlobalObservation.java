package io.holdfast.spring.commit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * Micrometer's observation of one global transaction, current from its begin to its end: what is
 * observed within is part of it. Without an observation registry it does nothing.
 */
final class GlobalObservation {

  static final String NAME = "holdfast.global.transaction";
  static final String OUTCOME = "outcome";

  private final Observation observation;
  private final Observation.Scope scope;

  /** A transaction that is never committed is rolled back. */
  private String outcome = "rolled_back";

  GlobalObservation(String transaction, ObservationRegistry registry) {
    observation =
        Observation.createNotStarted(NAME, registry)
            .contextualName("transaction " + transaction)
            .lowCardinalityKeyValue("transaction", transaction)
            .start();
    scope = observation.openScope();
  }

  void ended(String how) {
    outcome = how;
  }

  void failed(String how, Throwable why) {
    outcome = how;
    observation.error(why);
  }

  /** By the thread that began. */
  void stop() {
    scope.close();
    observation.lowCardinalityKeyValue(OUTCOME, outcome).stop();
  }
}
