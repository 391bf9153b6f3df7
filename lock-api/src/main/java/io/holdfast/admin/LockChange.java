package io.holdfast.admin;

import io.holdfast.lock.LockName;

/**
 * A change in a lock's queue; see {@link LockQueues#watch}.
 *
 * @param kind the kind of change
 * @param lock the lock
 * @param who the member that changed, as it was last seen
 */
public record LockChange(Kind kind, LockName lock, QueueMember who) {

  /** What can happen to a member of a queue. */
  public enum Kind {
    /** It joined the queue and waits. */
    QUEUED,
    /** It holds the lock from now on. */
    ACQUIRED,
    /** It held the lock and is gone: released, removed by force, or lost. */
    RELEASED,
    /** It waited and is gone, without having held the lock. */
    LEFT
  }
}
