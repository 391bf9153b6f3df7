package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLimits;
import io.holdfast.lock.LockName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One lock in one mode. */
public final class QueueLock implements NamespaceLock {

  private final LockClaim claim;
  private final Coordinator coordinator;
  private final OwnerDetails ownerDetails;
  private final Acquirer<LockGrant, QueueGrant> acquirer;

  public QueueLock(LockClaim claim, Coordinator coordinator, OwnerDetails ownerDetails) {
    this.claim = claim;
    this.coordinator = coordinator;
    this.ownerDetails = ownerDetails;
    List<LockClaim> claims = List.of(claim);
    this.acquirer =
        new Acquirer<>(
            claims,
            coordinator,
            Acquirer.inCluster(claims, coordinator, ownerDetails),
            GrantHandle::new);
  }

  @Override
  public LockClaim claim() {
    return claim;
  }

  @Override
  public Coordinator coordinator() {
    return coordinator;
  }

  @Override
  public OwnerDetails ownerDetails() {
    return ownerDetails;
  }

  @Override
  public LockName name() {
    return claim.name();
  }

  @Override
  public DistributedLock withPurpose(String purpose) {
    return new QueueLock(claim, coordinator, ownerDetails.withPurpose(purpose));
  }

  @Override
  public DistributedLock withLimits(LockLimits limits) {
    return new QueueLock(claim.withLimits(limits), coordinator, ownerDetails);
  }

  @Override
  public LockGrant acquire() throws InterruptedException {
    return acquirer.acquire();
  }

  @Override
  public Optional<LockGrant> tryAcquire() {
    return acquirer.tryAcquire();
  }

  @Override
  public Optional<LockGrant> tryAcquire(Duration wait) throws InterruptedException {
    return acquirer.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<LockGrant> acquireAsync() {
    return acquirer.acquireAsync();
  }
}
