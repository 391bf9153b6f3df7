package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A lock that those who want it in this process share a place for. */
final class LocalLock implements DistributedLock {

  private final LockName name;
  private final Coordinator coordinator;
  private final Queueing<LockGrant, LocalGrant> queueing;

  LocalLock(LockName name, LockOptions options, Coordinator coordinator) {
    this.name = name;
    this.coordinator = coordinator;
    LocalQueue queue = LocalQueues.of(coordinator).queue(name);
    this.queueing =
        new Queueing<>(
            "lock " + name,
            coordinator,
            (patience, completion) -> queue.begin(options, patience, completion));
  }

  boolean isOf(Coordinator other) {
    return coordinator == other;
  }

  @Override
  public LockName name() {
    return name;
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
