package io.holdfast.lock;

/** Names a critical section shared by every process in the namespace, in one mode of holding it. */
public interface DistributedLock extends Acquirable<LockGrant> {

  /** Its name. */
  LockName name();
}
