package io.holdfast.lock;

import io.holdfast.coordination.Claim;

/**
 * A wish for one lock in one mode.
 *
 * @param name which lock
 * @param mode how it is to be held
 */
record LockClaim(LockName name, LockMode mode) {

  /** What to join the lock's queue with. */
  Claim claim() {
    return new Claim(name.queue(), mode.text());
  }
}
