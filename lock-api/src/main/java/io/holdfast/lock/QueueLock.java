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
  private final Acquirable<LockGrant> queueing;

  QueueLock(LockName name, LockMode mode, Coordinator coordinator) {
    this.claim = new LockClaim(name, mode);
    this.coordinator = coordinator;
    List<LockClaim> claims = List.of(claim);
    this.queueing =
        Queueing.of(
            claims,
            coordinator,
            (patience, completion) ->
                new Acquisition(claims, coordinator, patience, completion).start());
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
