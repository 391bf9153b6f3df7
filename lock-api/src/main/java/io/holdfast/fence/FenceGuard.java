package io.holdfast.fence;

import io.holdfast.lock.FencingToken;

/**
 * Stands before a resource and lets only the latest holder of its lock pass.
 *
 * <p>To refuse smaller tokens is not enough: between a new holder's first read and its first write
 * the old one could still write what the new one then overwrites, or bases its work on nothing. So
 * a holder seals first, and the resource passes nobody with another token from then on:
 *
 * <pre>
 *   old (7)   ---- check ok -- write ----------------- check: refused
 *   new (9)                          seal -- read -- check ok -- write
 *   resource  sealed by 7 ...........9
 * </pre>
 *
 * <p>An implementation makes the check and the write it guards one step: a seal waits for those in
 * between, or makes them fail. Blocks for as long as the resource does.
 */
public interface FenceGuard {

  /**
   * Shuts out every smaller token. To be called once for each hold, before it reads anything.
   * Idempotent.
   *
   * @param resource what is guarded; usually the lock's name
   * @throws StaleTokenException if a greater token has sealed it
   */
  void seal(String resource, FencingToken token);

  /**
   * Passes the holder that sealed the resource last. To be called with each write.
   *
   * @throws StaleTokenException if that was another
   */
  void check(String resource, FencingToken token);
}
