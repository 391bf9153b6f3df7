package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import java.util.HashMap;
import java.util.Map;

/** A guard of what lies in this process's memory: for tests, and for services with one instance. */
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

  /** Right until it returns only; {@link #guarded} keeps others out for the length of a write. */
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
   * @throws StaleTokenException if it does not pass; then nothing is written
   */
  public synchronized void guarded(String resource, FencingToken token, Runnable write) {
    check(resource, token);
    write.run();
  }
}
