package io.holdfast.lock;

/**
 * How somebody in this process uses a lock.
 *
 * @param claim what the place is joined with
 * @param options how the place is shared and kept
 * @param particulars what to tell those who inspect the queue
 */
record LocalUse(LockClaim claim, LockOptions options, Particulars particulars) {}
