package io.holdfast.lock.internal.local;

import io.holdfast.lock.LockLimits;
import io.holdfast.lock.LockOptions;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.OwnerDetails;

/**
 * How somebody in this process uses a lock.
 *
 * @param claim what is wanted
 * @param options how the place is shared and kept
 * @param particulars what to tell those who inspect the queue
 */
public record LocalUse(LockClaim claim, LockOptions options, OwnerDetails ownerDetails) {

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
