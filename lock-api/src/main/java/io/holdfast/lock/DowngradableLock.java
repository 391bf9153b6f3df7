package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
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
  private final Particulars particulars;
  private final Queueing<WriteGrant, QueueGrant> queueing;

  DowngradableLock(LockClaim write, Coordinator coordinator, Particulars particulars) {
    this.write = write;
    this.coordinator = coordinator;
    this.particulars = particulars;
    this.queueing =
        new Queueing<>(
            List.of(write),
            coordinator,
            Queueing.inCluster(claims(write), List.of(write), coordinator, particulars),
            HandedGrant.Write::new);
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
    return new DowngradableLock(write, coordinator, particulars.withPurpose(purpose));
  }

  /** As {@link DistributedLock#withLimits}. */
  public DowngradableLock withLimits(LockLimits limits) {
    return new DowngradableLock(write.withLimits(limits), coordinator, particulars);
  }

  @Override
  public WriteGrant acquire() throws InterruptedException {
    return queueing.acquire();
  }

  @Override
  public Optional<WriteGrant> tryAcquire() {
    return queueing.tryAcquire();
  }

  @Override
  public Optional<WriteGrant> tryAcquire(Duration wait) throws InterruptedException {
    return queueing.tryAcquire(wait);
  }

  @Override
  public CompletableFuture<WriteGrant> acquireAsync() {
    return queueing.acquireAsync();
  }
}
