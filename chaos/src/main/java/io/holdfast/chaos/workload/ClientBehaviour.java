package io.holdfast.chaos.workload;

import io.holdfast.election.Leader;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How a client uses the library: as it is meant to be. Open to be extended by tests, with bad. */
class ClientBehaviour {

  /** A place is handed on so often at most. */
  static final int HAND_OVERS = 3;

  /** So many failures in a row eject an instance. */
  static final int FAILURES = 3;

  /** For so long at first. */
  static final Duration EJECTION = Duration.ofSeconds(2);

  private static final Duration LONG = Duration.ofMinutes(1);

  LockConfig lineOptions() {
    return LockConfig.defaults().withHandOver(HAND_OVERS, LONG);
  }

  CompletableFuture<LockGrant> queue(DistributedLock line) {
    return line.acquireAsync();
  }

  /** What an observer of an election is told. */
  Optional<Leader> told(Optional<Leader> leader) {
    return leader;
  }

  /** What a view shows. */
  ServiceSnapshot shown(ServiceSnapshot snapshot) {
    return snapshot;
  }

  /** What a balancer chooses from. */
  ServiceSnapshot chosenFrom(ServiceSnapshot snapshot) {
    return snapshot;
  }

  Policy policy() {
    return Policy.roundRobin()
        .withOutlierDetection(
            OutlierDetection.standard()
                .withConsecutiveFailures(FAILURES)
                .withInterval(EJECTION.dividedBy(2))
                .withEjection(EJECTION, EJECTION.multipliedBy(2))
                .withMaxEjectedPercent(50));
  }

  CompletableFuture<DrainResult> drain(Registration registration, Duration bound) {
    return registration.drain(bound);
  }

  CompletableFuture<Void> leave(Registration registration) {
    return registration.closeAsync();
  }
}
