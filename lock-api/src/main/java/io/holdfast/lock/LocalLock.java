package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A lock that those who want it in this process share a place for. */
final class LocalLock implements NamespaceLock {

  private final LocalUse use;
  private final Coordinator coordinator;
  private final Queueing<LockGrant, LocalGrant> queueing;

  LocalLock(LocalUse use, Coordinator coordinator) {
    this.use = use;
    this.coordinator = coordinator;
    LocalQueue queue = LocalQueues.of(coordinator).queue(use.claim().queue());
    this.queueing =
        new Queueing<>(
            List.of(use.claim()),
            coordinator,
            (patience, caller, completion) -> queue.begin(use, patience, caller, completion),
            HandedGrant::new);
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
  public Particulars particulars() {
    return use.particulars();
  }

  @Override
  public LockName name() {
    return use.claim().name();
  }

  @Override
  public DistributedLock withPurpose(String purpose) {
    Particulars particulars = use.particulars().withPurpose(purpose);
    return new LocalLock(new LocalUse(use.claim(), use.options(), particulars), coordinator);
  }

  /**
   * {@inheritDoc} The bound of holds is that of each hold. A hold that is revoked takes the place
   * with it, so that nothing that it still does counts as done by its successor; those who wait
   * here queue for another.
   */
  @Override
  public DistributedLock withLimits(LockLimits limits) {
    LockClaim claim = use.claim().withLimits(limits);
    return new LocalLock(new LocalUse(claim, use.options(), use.particulars()), coordinator);
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
