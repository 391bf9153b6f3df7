package io.holdfast.lock;

/** A hold of one lock. */
public interface LockGrant extends Hold {

  /** The lock that is held. */
  LockName name();

  /**
   * Greater than the token of every earlier hold that this one could not have shared the lock with.
   * Among readers, or holders of permits, tokens grow in the order of the queue; but an earlier one
   * may still be at work, so a resource must not refuse it for its token.
   */
  FencingToken token();
}
