package io.holdfast.lock;

/**
 * What {@link LockGrant#close} waits for. Either way the hold is over for its holder from the call
 * on, the cluster is told until it knows, and {@link LockGrant#release} is there to wait for that
 * or not.
 */
public enum Closing {
  /**
   * Until the cluster knows. So whoever hears from us that we are done finds the lock free when
   * they try, and a process may end right after.
   */
  AWAITED,

  /**
   * Nothing: the way to the cluster and back goes on while the caller goes on. For those who take
   * locks in quick succession, each cycle is shorter by up to a half.
   *
   * <ul>
   *   <li>Who asks for the lock next through the same coordinator comes behind the release, and is
   *       not refused for a place that is being given up, unless the connection breaks meanwhile.
   *   <li>Who waits elsewhere gets it as soon as otherwise. Who only tries elsewhere, told of our
   *       being done by other ways than the store, may be too early and be refused.
   *   <li>A process that ends right after should close its coordinator, which ends all holds;
   *       otherwise what had not been sent lasts until the session times out, and a lock with a
   *       delay after crashes takes that for one.
   * </ul>
   */
  AT_ONCE
}
