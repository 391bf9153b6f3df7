package io.holdfast.fence;

import io.holdfast.lock.FencingToken;

/**
 * Protects a resource: accepts only the latest holder of its lock.
 *
 * <p>It is not enough to refuse smaller tokens. Between a new holder's first read and its first
 * write, the old holder could still write; the new one would overwrite that, or work on data that
 * is out of date. So a holder seals first, and from then on the resource refuses every other token:
 *
 * <pre>
 *   old (7)   ---- check ok -- write ----------------- check: refused
 *   new (9)                          seal -- read -- check ok -- write
 *   resource  sealed by 7 ...........9
 * </pre>
 *
 * <p>An implementation makes the check and the write that it guards one step: a seal waits for
 * writers between the two, or makes them fail. Blocks for as long as the resource does.
 */
public interface FenceGuard {

  /**
   * Refuses every smaller token from now on. Call it once for each hold, before the hold reads
   * anything. Idempotent.
   *
   * @param resource what is guarded; usually the lock's name
   * @throws StaleTokenException if a greater token has sealed it
   */
  void seal(String resource, FencingToken token);

  /**
   * Accepts the holder that sealed the resource last. Call it with each write.
   *
   * @throws StaleTokenException if another token sealed it last
   */
  void check(String resource, FencingToken token);
}
