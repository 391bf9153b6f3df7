package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.spring.discovery.HoldfastServiceInstance;
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
  private final AtomicReference<@Nullable Pick> pick = new AtomicReference<>();

  ChosenInstance(Endpoint endpoint, @Nullable Affinity affinity) {
    super(endpoint.instance());
    this.endpoint = endpoint;
    this.affinity = affinity;
  }

  /** The request goes out now. A retry with the same instance begins another. */
  void begin() {
    Pick begun = affinity == null ? endpoint.begin() : endpoint.begin(affinity);
    Pick before = pick.getAndSet(begun);
    if (before != null) {
      before.close();
    }
  }

  /** The request is over; later calls do nothing. */
  void end(RequestOutcome outcome) {
    Pick begun = pick.getAndSet(null);
    if (begun != null) {
      begun.end(outcome);
    }
  }

  /** The caller lost patience: it was slow, nothing more is known. */
  void outpaced() {
    Pick begun = pick.getAndSet(null);
    if (begun != null) {
      begun.outpaced();
    }
  }
}
