package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.spring.discovery.HoldfastServiceInstance;
import io.micrometer.observation.Observation;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The instance chosen for one request. It carries the count of the request from the choice to the
 * result, because Spring Cloud passes nothing else from one to the other.
 *
 * <p>A choice alone counts nothing: applications ask {@code LoadBalancerClient.choose} for an
 * address and never say what became of it.
 */
final class ChosenInstance extends HoldfastServiceInstance {

  private final Endpoint endpoint;
  private final @Nullable Affinity affinity;
  private final AtomicReference<@Nullable Attempt> attempt = new AtomicReference<>();

  /** What the request is part of, where no thread says so; null if nothing is known. */
  private volatile @Nullable Observation around;

  /** A request that has gone out. */
  private record Attempt(Pick pick, Observation observation) {
    void over(String outcome) {
      observation.lowCardinalityKeyValue(CallObservations.OUTCOME, outcome).stop();
    }
  }

  ChosenInstance(Endpoint endpoint, @Nullable Affinity affinity) {
    super(endpoint.instance());
    this.endpoint = endpoint;
    this.affinity = affinity;
  }

  /** The request is part of this. */
  void within(@Nullable Observation caller) {
    around = caller;
  }

  /** The request goes out now. A retry with the same instance begins another. */
  void begin(CallObservations observations) {
    Pick pick = affinity == null ? endpoint.begin() : endpoint.begin(affinity);
    Attempt begun = new Attempt(pick, observations.start(getServiceId(), getInstanceId(), around));
    Attempt before = attempt.getAndSet(begun);
    if (before != null) {
      before.pick().close();
      before.over(named(RequestOutcome.ABANDONED));
    }
  }

  /**
   * The request is over; later calls do nothing.
   *
   * @param failure what it ended with; null for an answer
   */
  void end(RequestOutcome outcome, @Nullable Throwable failure) {
    Attempt begun = attempt.getAndSet(null);
    if (begun != null) {
      begun.pick().end(outcome);
      if (failure != null) {
        begun.observation().error(failure);
      }
      begun.over(named(outcome));
    }
  }

  /** The caller lost patience: it was slow, nothing more is known. */
  void outpaced() {
    Attempt begun = attempt.getAndSet(null);
    if (begun != null) {
      begun.pick().outpaced();
      begun.over("cancelled");
    }
  }

  private static String named(RequestOutcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
