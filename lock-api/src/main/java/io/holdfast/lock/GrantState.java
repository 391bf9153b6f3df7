package io.holdfast.lock;

/** What this process knows of its hold. */
public enum GrantState {
  /** Held, and in touch with the cluster. */
  HELD,
  /**
   * Out of touch with the cluster. While {@link LockGrant#isHeld} is still true, the hold is
   * proven. After that another process may hold the lock, unless proof of life comes back first.
   */
  AT_RISK,
  /**
   * Over, or perhaps over: another process may hold the lock. A hold also ends in this state if it
   * is released when it is no longer proven. Terminal.
   */
  LOST,
  /** Released by this process in time. Terminal. */
  RELEASED
}
