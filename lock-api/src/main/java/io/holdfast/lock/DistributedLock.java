package io.holdfast.lock;

/** Names a critical section shared by every process in the namespace, in one mode of holding it. */
public interface DistributedLock extends Acquirable<LockGrant> {

  /** Its name. */
  LockName name();

  /**
   * The same lock, whose queue shows what it is wanted for.
   *
   * @param purpose 1 to 200 printable characters, such as {@code settle invoice 17}; no secrets
   * @throws IllegalArgumentException otherwise
   */
  DistributedLock withPurpose(String purpose);

  /**
   * The same lock, within limits.
   *
   * @return whose acquisitions may fail with {@link QueueFullException}, if the limits bound the
   *     queue
   */
  DistributedLock withLimits(LockLimits limits);
}
