package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One lock in one mode. */
final class QueueLock implements DistributedLock {

  private final LockClaim claim;
  private final Coordinator coordinator;
  private final Queueing<LockGrant> queueing;

  QueueLock(LockName name, LockMode mode, Coordinator coordinator) {
    this(new LockClaim(name, mode), coordinator);
  }

  private QueueLock(LockClaim claim, Coordinator coordinator) {
    this.claim = claim;
    this.coordinator = coordinator;
    this.queueing = new Queueing<>(List.of(claim), coordinator, grant -> grant);
  }

  LockClaim claim() {
    return claim;
  }

  boolean isOf(Coordinator other) {
    return coordinator == other;
  }

  @Override
  public LockName name() {
    return claim.name();
  }

  @Override
  public DistributedLock withLimits(LockLimits limits) {
    return new QueueLock(claim.withLimits(limits), coordinator);
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
