package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.registry.ServiceInstance;

/**
 * An instance as one snapshot described it, with this process's statistics of it. Only a {@link
 * LoadBalancer} makes endpoints.
 *
 * <p>{@link #begin} makes a {@link Pick}. A caller that must not allocate an object per request
 * calls {@link #start} when the request goes out, and then exactly one of {@link #succeeded},
 * {@link #failed}, {@link #abandoned} and {@link #outpaced} with what start returned. Nothing
 * checks that; a request that is not ended counts as active for half an hour to an hour. No method
 * blocks.
 */
public interface Endpoint {

  /** The instance to call. */
  ServiceInstance instance();

  /** The registration that was chosen; the instance can compare it with its own. */
  Revision epoch();

  /** A request goes out to it now. */
  default Pick begin() {
    return Pick.of((TrackedEndpoint) this, null);
  }

  /** A request with an affinity goes out to it now. */
  default Pick begin(Affinity affinity) {
    return Pick.of((TrackedEndpoint) this, affinity);
  }

  /**
   * A request goes out to it now, and counts as active.
   *
   * @return an opaque number to pass on when it ends
   */
  long start();

  /** The request that was started then was answered now. */
  void succeeded(long start);

  /** The request that was started then failed. */
  void failed(long start);

  /** The request that was started then is over, and says nothing about the instance. */
  void abandoned(long start);

  /**
   * The request that was started then is over without an answer: another instance, asked later,
   * answered first. So this one is slow; nothing more is known.
   */
  void outpaced(long start);
}
