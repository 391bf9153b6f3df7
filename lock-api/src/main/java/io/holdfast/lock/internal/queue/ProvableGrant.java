package io.holdfast.lock.internal.queue;

import io.holdfast.lock.LockGrant;

/** A grant that can ask the cluster to prove that its session is alive. */
public interface ProvableGrant extends LockGrant {

  /**
   * Asks the cluster, which takes a round trip to the leader, and returns whether the grant is held
   * then. An interrupt does not end the call; the flag stays set.
   *
   * @return true if it is held; false if not, or if there is no answer within the session time-out
   */
  boolean prove();
}
