package io.holdfast.lock;

/** What this process knows of its hold. */
public enum GrantState {
  /** Held, and in touch with the cluster. */
  HELD,
  /**
   * Out of touch. While {@link LockGrant#isHeld} is still true the hold is proven; after that it
   * may be another's, unless proof of life comes back first.
   */
  AT_RISK,
  /**
   * Over, or perhaps over: somebody else may hold it. So does a hold end that is given back when it
   * is no longer proven. Terminal.
   */
  LOST,
  /** Given back by this process in time. Terminal. */
  RELEASED
}
