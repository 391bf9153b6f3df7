package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One lock in one mode. */
public abstract class ModeLock<G extends LockGrant> implements NamespaceLock, Acquirable<G> {

  private final LockClaim claim;
  private final Coordinator coordinator;
  private final OwnerDetails ownerDetails;
  private final Acquirable<G> acquirer;

  protected ModeLock(
      LockClaim claim, Coordinator coordinator, OwnerDetails ownerDetails, Acquirable<G> acquirer) {
    this.claim = claim;
    this.coordinator = coordinator;
    this.ownerDetails = ownerDetails;
    this.acquirer = acquirer;
  }

  @Override
  public final LockClaim claim() {
    return claim;
  }

  @Override
  public final Coordinator coordinator() {
    return coordinator;
  }

  @Override
  public final OwnerDetails ownerDetails() {
    return ownerDetails;
  }

  /** Its name. */
  public final LockName name() {
    return claim.name();
  }

  @Override
  public final G acquire() throws InterruptedException {
    return acquirer.acquire();
  }

  @Override
  public final Optional<G> tryAcquire() {
    return acquirer.tryAcquire();
  }

  @Override
  public final Optional<G> tryAcquire(Duration wait) throws InterruptedException {
    return acquirer.tryAcquire(wait);
  }

  @Override
  public final CompletableFuture<G> acquireAsync() {
    return acquirer.acquireAsync();
  }

  @Override
  public String toString() {
    return "lock " + claim.name() + " to be held as " + claim.mode();
  }
}
