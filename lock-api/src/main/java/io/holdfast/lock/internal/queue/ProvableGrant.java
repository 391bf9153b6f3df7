package io.holdfast.lock.internal.queue;

import io.holdfast.lock.LockGrant;

/** A grant that can have its session proven alive. */
public interface ProvableGrant extends LockGrant {

  /**
   * Asks the cluster, which takes a round trip to the leader, and says how things stand then. An
   * interrupt is kept for later.
   *
   * @return true if it is held; false if not, or if nothing is known within the session time-out
   */
  boolean prove();
}
