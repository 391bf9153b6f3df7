package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Locks;

/** A lock of a {@link Locks}, as opposed to one that an application has made. */
public interface NamespaceLock {

  /** What is wanted. */
  LockClaim claim();

  /** Through which coordinator. */
  Coordinator coordinator();

  /** What to tell those who inspect the queue. */
  OwnerDetails ownerDetails();
}
