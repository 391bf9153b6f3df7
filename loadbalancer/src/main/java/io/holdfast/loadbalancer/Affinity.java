package io.holdfast.loadbalancer;

import io.holdfast.loadbalancer.internal.policy.XxHash64;

/**
 * Groups requests: requests of one affinity go to one instance, under a policy that uses keys
 * ({@link Policy#maglev}, {@link Policy#ringHash}, {@link Policy#sticky}). Other policies ignore
 * it. Make it once for a request and use it for all its attempts.
 *
 * @param hash spread evenly over all longs
 */
public record Affinity(long hash) {

  /**
   * Of a key, such as a payment's idempotency key. The hash is XXH64 of its UTF-8 bytes with seed
   * 0: the same in every process, so a payment that any process sends again reaches the instance
   * that saw it first.
   */
  public static Affinity of(String key) {
    return new Affinity(XxHash64.of(key, 0));
  }
}
