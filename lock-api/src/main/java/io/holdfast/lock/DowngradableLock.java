package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A lock as a writer holds it who may go on as a reader.
 *
 * <p>It takes two places in the queue with one join, one to write and one to read. Nobody stands
 * between them, so they are admitted together; and to leave the first is to go on as a reader. To
 * everyone else, other implementations included, both are ordinary places.
 *
 * <pre>
 *   queue         W1 R1 | R2 R3 W4        W1 and R1 are one hold
 *   downgrade        R1 | R2 R3 W4        R2 and R3 come in, W4 still waits for all three
 * </pre>
 *
 * <p>In an inspection both places show, and who takes a hold away by force removes both.
 */
public final class DowngradableLock implements Acquirable<WriteGrant> {

  private final LockClaim write;
  private final Coordinator coordinator;
  private final OwnerDetails ownerDetails;
  private final Acquirer<WriteGrant, QueueGrant> acquirer;

  DowngradableLock(LockClaim write, Coordinator coordinator, OwnerDetails ownerDetails) {
    this.write = write;
    this.coordinator = coordinator;
    this.ownerDetails = ownerDetails;
    this.acquirer =
        new Acquirer<>(
            List.of(write),
            coordinator,
            Acquirer.inCluster(claims(write), List.of(write), coordinator, ownerDetails),
            GrantHandle.Write::new);
  }

  /** The write place first. What limits the wait and the hold is demanded once. */
  static List<LockClaim> claims(LockClaim write) {
    return List.of(write, write.beside(LockMode.READ));
  }

  /** Its name. */
  public LockName name() {
    return write.name();
  }

  /** As {@link DistributedLock#withPurpose}. */
  public DowngradableLock withPurpose(String purpose) {
    return new DowngradableLock(write, coordinator, ownerDetails.withPurpose(purpose));
  }

  /** As {@link DistributedLock#withLimits}. */
  public DowngradableLock withLimits(LockLimits limits) {
    return new DowngradableLock(write.withLimits(limits), coordinator, ownerDetails);
  }

  @Override
  public WriteGrant acquire() throws InterruptedException {
    return acquirer.acquire();
  }

  @Override
  public Optional<WriteGrant> tryAcquire() {
    return acquirer.tryAcquire();
  }

  @Override
  public Optional<WriteGrant> tryAcquire(Duration wait) throws InterruptedException {
    return acquirer.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<WriteGrant> acquireAsync() {
    return acquirer.acquireAsync();
  }
}
