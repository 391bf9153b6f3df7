package io.holdfast.lock;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Key;

/**
 * A wish for one lock in one mode.
 *
 * @param name which lock
 * @param mode how it is to be held
 * @param directory where its queue is
 */
record LockClaim(LockName name, LockMode mode, Key directory) {

  /** The lock's queue. */
  Key queue() {
    return directory.child(name.text());
  }

  /** What to join the lock's queue with. */
  Claim claim() {
    return new Claim(queue(), mode.text());
  }
}
