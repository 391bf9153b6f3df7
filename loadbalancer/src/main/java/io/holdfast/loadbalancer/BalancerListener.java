package io.holdfast.loadbalancer;

import io.holdfast.registry.ServiceSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Is told which snapshots a balancer uses and how its requests end. Any thread calls, several at
 * once, on the way of a request: it must be quick and must not throw. Times are those of the
 * balancer's {@link Ticker}, in nanoseconds.
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
