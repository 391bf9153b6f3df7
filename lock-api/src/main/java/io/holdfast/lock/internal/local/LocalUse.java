package io.holdfast.lock.internal.local;

import io.holdfast.lock.LockConfig;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.time.Duration;

/**
 * How somebody in this process uses a lock.
 *
 * @param claim what is wanted
 * @param ownerDetails what to tell those who inspect the queue
 */
public record LocalUse(LockClaim claim, OwnerDetails ownerDetails) {

  LockConfig config() {
    return claim.config();
  }

  /** What bounds a hold does not bound the place, in which one hold follows another. */
  LockClaim claimOfPlace() {
    LockConfig config = claim.config();
    return claim.withConfig(config.withMaxHold(Duration.ZERO, config.overstay()));
  }

  /** Who waits behind a place that is given up has been let in, and need not be again. */
  LockClaim claimOfPlaceAgain() {
    LockClaim place = claimOfPlace();
    return place.withConfig(place.config().withMaxAhead(LockConfig.UNBOUNDED));
  }
}
