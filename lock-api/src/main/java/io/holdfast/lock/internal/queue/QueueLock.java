package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import java.util.List;

/** A lock with a place in the cluster's queue for each acquisition. */
public final class QueueLock extends ModeLock<LockGrant> implements DistributedLock {

  public QueueLock(LockClaim claim, Coordinator coordinator, OwnerDetails ownerDetails) {
    super(
        claim,
        coordinator,
        ownerDetails,
        new Acquirer<>(
            List.of(claim),
            coordinator,
            Acquirer.inCluster(List.of(claim), coordinator, ownerDetails),
            GrantHandle.Plain::new));
  }
}
