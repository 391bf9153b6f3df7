package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.ConvertibleLock;
import java.util.List;

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
public final class DowngradableLock extends ModeLock<ConvertibleGrant> implements ConvertibleLock {

  public DowngradableLock(LockClaim write, Coordinator coordinator, OwnerDetails ownerDetails) {
    super(
        write,
        coordinator,
        ownerDetails,
        new Acquirer<>(
            List.of(write),
            coordinator,
            Acquirer.inCluster(claims(write), List.of(write), coordinator, ownerDetails),
            GrantHandle.Downgradable::new));
  }

  /** The write place first. What limits the wait and the hold is demanded once. */
  public static List<LockClaim> claims(LockClaim write) {
    return List.of(write, write.beside(LockMode.READ));
  }
}
