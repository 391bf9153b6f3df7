package io.holdfast.lock;

/**
 * What {@link LockGrant#close} waits for. Either way the hold is over for its holder from the call
 * on, the cluster is told until it knows, and {@link LockGrant#release} is there to wait for that
 * or not.
 */
public enum Closing {
  /**
   * Until the cluster knows. A process that learns from the holder that it is done finds the lock
   * free, and the holder's process may end right after.
   */
  AWAITED,

  /**
   * Nothing: the request goes on in the background. Code that takes locks in quick succession saves
   * up to half of each cycle.
   *
   * <ul>
   *   <li>The next acquisition through the same coordinator comes behind the release. It is not
   *       refused for the place that is being given up, unless the connection breaks meanwhile.
   *   <li>Waiters in other processes get the lock no later. A {@code tryAcquire} in another
   *       process, right after it learnt by other ways than the store that the hold is over, may
   *       come too early and be refused.
   *   <li>A process that ends right after should close its coordinator, which ends all holds;
   *       otherwise what had not been sent lasts until the session times out, and a lock with a
   *       delay after crashes takes that for one.
   * </ul>
   */
  AT_ONCE
}
