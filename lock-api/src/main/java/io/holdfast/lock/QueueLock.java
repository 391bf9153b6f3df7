package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One lock in one mode. */
final class QueueLock implements NamespaceLock {

  private final LockClaim claim;
  private final Coordinator coordinator;
  private final Particulars particulars;
  private final Queueing<LockGrant, QueueGrant> queueing;

  QueueLock(LockClaim claim, Coordinator coordinator, Particulars particulars) {
    this.claim = claim;
    this.coordinator = coordinator;
    this.particulars = particulars;
    List<LockClaim> claims = List.of(claim);
    this.queueing =
        new Queueing<>(
            claims,
            coordinator,
            Queueing.inCluster(claims, coordinator, particulars),
            HandedGrant::new);
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
  public Particulars particulars() {
    return particulars;
  }

  @Override
  public LockName name() {
    return claim.name();
  }

  @Override
  public DistributedLock withPurpose(String purpose) {
    return new QueueLock(claim, coordinator, particulars.withPurpose(purpose));
  }

  @Override
  public DistributedLock withLimits(LockLimits limits) {
    return new QueueLock(claim.withLimits(limits), coordinator, particulars);
  }

  @Override
  public LockGrant acquire() throws InterruptedException {
    return queueing.acquire();
  }

  @Override
  public Optional<LockGrant> tryAcquire() {
    return queueing.tryAcquire();
  }

  @Override
  public Optional<LockGrant> tryAcquire(Duration wait) throws InterruptedException {
    return queueing.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<LockGrant> acquireAsync() {
    return queueing.acquireAsync();
  }
}
