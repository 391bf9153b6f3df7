package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;

/** A lock of a {@link Locks}, as opposed to one that somebody else has made. */
interface NamespaceLock extends DistributedLock {

  /** What is wanted by who wants it. */
  LockClaim claim();

  /** Through whom. */
  Coordinator coordinator();

  /** What to tell those who inspect the queue. */
  Particulars particulars();
}
