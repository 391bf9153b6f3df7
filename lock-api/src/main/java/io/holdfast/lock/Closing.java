package io.holdfast.lock;

/**
 * What {@link LockGrant#close} waits for. In both cases the hold is over for its holder as soon as
 * close is called, and the request to the cluster is repeated until the cluster knows. A caller
 * that needs the other behaviour can call {@link LockGrant#release}, whose future completes when
 * the cluster knows.
 */
public enum Closing {
  /**
   * Close waits until the cluster knows. If the holder then tells another process that it is done,
   * that process finds the lock free. The holder's process may end right after close.
   */
  AWAITED,

  /**
   * Close waits for nothing; the request goes on in the background. Code that takes locks in quick
   * succession saves up to half of each cycle.
   *
   * <ul>
   *   <li>The next acquisition through the same coordinator is ordered after the release. The place
   *       that is being released does not cause a refusal, unless the connection breaks meanwhile.
   *   <li>Waiters in other processes get the lock just as early. But if another process learns of
   *       the release by a message, not from the store, and calls {@code tryAcquire} right after,
   *       it may be too early and be refused.
   *   <li>A process that ends right after close should first close its coordinator, which ends all
   *       holds. Otherwise a release that was not sent takes effect only when the session times
   *       out, and a lock with a crash delay treats that as a crash.
   * </ul>
   */
  AT_ONCE
}
