package io.holdfast.loadbalancer;

import io.holdfast.registry.ServiceSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Receives the snapshots that a balancer uses and the outcomes of its requests. Request threads
 * call it, several at once: it must be quick and must not throw. Times are those of the balancer's
 * {@link Ticker}, in nanoseconds.
 */
public interface BalancerListener {

  /** The balancer uses {@code snapshot} from now on. May be told of the same one again. */
  void snapshotUsed(ServiceSnapshot snapshot, long now);

  /**
   * A request ended.
   *
   * @param started when it began, which may be before the listener was set
   * @param now when it ended
   * @param affinity null if it had none
   */
  void requestEnded(
      Endpoint endpoint,
      RequestOutcome outcome,
      long started,
      long now,
      @Nullable Affinity affinity);
}
