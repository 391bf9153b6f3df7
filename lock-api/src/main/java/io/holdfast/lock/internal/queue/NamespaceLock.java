package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.Locks;

/** A lock of a {@link Locks}, as opposed to one that somebody else has made. */
public interface NamespaceLock extends DistributedLock {

  /** What is wanted by who wants it. */
  LockClaim claim();

  /** Through whom. */
  Coordinator coordinator();

  /** What to tell those who inspect the queue. */
  OwnerDetails ownerDetails();
}
