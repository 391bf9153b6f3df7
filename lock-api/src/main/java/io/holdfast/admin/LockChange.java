package io.holdfast.admin;

import io.holdfast.lock.LockName;

/**
 * Something that happened in a lock's queue; see {@link LockQueues#watch}.
 *
 * @param kind what
 * @param lock in whose queue
 * @param who to whom; as they were when they were last seen
 */
public record LockChange(Kind kind, LockName lock, QueueMember who) {

  /** What can happen to a member of a queue. */
  public enum Kind {
    /** They came, and wait. */
    QUEUED,
    /** They hold it from now on. */
    ACQUIRED,
    /** They held it, and are gone: released, by themselves or by force, or lost. */
    RELEASED,
    /** They waited, and are gone without having held it. */
    LEFT
  }
}
