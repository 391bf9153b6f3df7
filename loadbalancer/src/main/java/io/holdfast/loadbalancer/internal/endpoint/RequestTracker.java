package io.holdfast.loadbalancer.internal.endpoint;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RequestOutcome;
import org.jspecify.annotations.Nullable;

/** Has the clock for the requests to some endpoints, and takes their outcomes. Any thread calls. */
public interface RequestTracker {

  long nanoTime();

  /**
   * Whether the time of every request is needed. Two looks at the clock cost more than all else
   * that a pick and its outcome do together.
   */
  boolean timesAll();

  /**
   * A request that has not ended after a whole era counts as active no more: it was forgotten, or
   * lasts so long that it says nothing about the next one.
   *
   * @param now ends the present era if that has lasted long enough
   */
  void beginEraIfDue(long now);

  /**
   * A request is over.
   *
   * @param start as {@link TrackedEndpoint#start()} gave it
   */
  void ended(
      TrackedEndpoint endpoint, RequestOutcome outcome, long start, @Nullable Affinity affinity);
}
