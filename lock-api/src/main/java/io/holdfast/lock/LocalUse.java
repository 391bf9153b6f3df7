package io.holdfast.lock;

/**
 * How somebody in this process uses a lock.
 *
 * @param claim what is wanted
 * @param options how the place is shared and kept
 * @param particulars what to tell those who inspect the queue
 */
record LocalUse(LockClaim claim, LockOptions options, Particulars particulars) {

  /** What bounds a hold does not bound the place, in which one hold follows another. */
  LockClaim claimOfPlace() {
    return claim.withLimits(claim.limits().withoutHoldBound());
  }

  /** Who waits behind a place that is given up has been let in, and need not be again. */
  LockClaim claimOfPlaceAgain() {
    LockClaim place = claimOfPlace();
    return place.withLimits(place.limits().withMostAhead(LockLimits.UNBOUNDED));
  }
}
