package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLimits;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.NamespaceLock;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A lock that those who want it in this process share a place for. */
public final class LocalLock implements NamespaceLock {

  private final LocalUse use;
  private final Coordinator coordinator;
  private final Acquirer<LockGrant, LocalGrant> acquirer;

  public LocalLock(LocalUse use, Coordinator coordinator) {
    this.use = use;
    this.coordinator = coordinator;
    LocalQueue queue = LocalQueues.of(coordinator).queue(use.claim().queue());
    this.acquirer =
        new Acquirer<>(
            List.of(use.claim()),
            coordinator,
            (patience, caller, completion) -> queue.begin(use, patience, caller, completion),
            GrantHandle::new);
  }

  @Override
  public LockClaim claim() {
    return use.claim();
  }

  @Override
  public Coordinator coordinator() {
    return coordinator;
  }

  @Override
  public OwnerDetails ownerDetails() {
    return use.ownerDetails();
  }

  @Override
  public LockName name() {
    return use.claim().name();
  }

  @Override
  public DistributedLock withPurpose(String purpose) {
    OwnerDetails ownerDetails = use.ownerDetails().withPurpose(purpose);
    return new LocalLock(new LocalUse(use.claim(), use.options(), ownerDetails), coordinator);
  }

  /**
   * {@inheritDoc} The bound of holds is that of each hold. A hold that is revoked takes the place
   * with it, so that nothing that it still does counts as done by its successor; those who wait
   * here queue for another.
   */
  @Override
  public DistributedLock withLimits(LockLimits limits) {
    LockClaim claim = use.claim().withLimits(limits);
    return new LocalLock(new LocalUse(claim, use.options(), use.ownerDetails()), coordinator);
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
