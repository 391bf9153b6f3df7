package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import java.util.HashMap;
import java.util.Map;

/** Guards data in this process's memory: for tests, and for services with one instance. */
public final class MemoryFence implements FenceGuard {

  /** Guarded by this. */
  private final Map<String, FencingToken> sealed = new HashMap<>();

  /** Sealed by nobody. */
  public MemoryFence() {}

  @Override
  public synchronized void seal(String resource, FencingToken token) {
    FencingToken before = sealed.getOrDefault(resource, FencingToken.NONE);
    if (token.compareTo(before) < 0) {
      throw new StaleTokenException(resource, token, before);
    }
    sealed.put(resource, token);
  }

  /**
   * The answer is valid only until it returns; {@link #guarded} excludes other holders during a
   * write.
   */
  @Override
  public synchronized void check(String resource, FencingToken token) {
    FencingToken last = sealed.getOrDefault(resource, FencingToken.NONE);
    if (!token.equals(last)) {
      throw new StaleTokenException(resource, token, last);
    }
  }

  /**
   * Writes if {@link #check} passes, as one step. {@code write} has to be short: every other use of
   * this guard waits.
   *
   * @throws StaleTokenException if the check fails; then nothing is written
   */
  public synchronized void guarded(String resource, FencingToken token, Runnable write) {
    check(resource, token);
    write.run();
  }
}
