package io.holdfast.lock.internal.upgrade;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.ConvertibleLock;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.ModeLock;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.util.List;

/**
 * A lock as a reader holds it who may come to write: the update lock of databases.
 *
 * <p>It is held together with readers, and by one at a time: another who wants it so waits its
 * turn, as a writer does, or is refused if it only tries. So of two who have read and now want to
 * write, the second has not even read, and they cannot block each other.
 *
 * <p>It takes two places with one join, one upgradable and one to read, for the sake of {@link
 * ConvertibleGrant#downgrade}. To upgrade is to take a third, at the end:
 *
 * <pre>
 *   queue       R1  U  R2  W  R3  X      X is the upgrade of U
 *   hold        +   +  +
 *   X waits for +      +                 W and R3 wait for U, and would wait for ever for X
 * </pre>
 *
 * <p><b>X overtakes those who wait.</b> Whoever behind U does not go together with it, W here,
 * waits for U, and so do all behind W. X need not wait for these, and must not. But should W give
 * up while X writes, R3 would see nobody in its way. So a reader with an upgradable place ahead
 * looks once more, by the leader's word, before it is let in: if an X is there, it takes a new
 * place behind X.
 *
 * <ul>
 *   <li>The look showed no X, and nobody in R3's way: then an X that comes later sees R3 with
 *       nobody in its way, and waits for it.
 *   <li>The look showed X: R3 was not let in, and gives its place up, so X does not wait for it.
 * </ul>
 *
 * <p>So of X and any reader exactly one waits for the other, and no look before R3's join is relied
 * on. Readers with no such place ahead are as cheap as ever.
 *
 * <p><b>The token of X</b> has to be greater than those of R1 to R2, gone or not, and smaller than
 * that of W, whose place is older than X's. All before W were let in, and nobody behind: so it is
 * the revision just below W's, with a count like that of hand-overs. If nobody waits it is X's own.
 *
 * <p><b>Other programs.</b> A reader of Curator's own lock sees X as a writer and U as a reader,
 * but does not look once more. If one waits behind a W, the upgrade is refused. {@code etcdctl
 * lock} knows writers only: these see nothing new.
 */
public final class UpgradableLock extends ModeLock<ConvertibleGrant> implements ConvertibleLock {

  public UpgradableLock(LockClaim claim, Coordinator coordinator, OwnerDetails ownerDetails) {
    super(
        claim,
        coordinator,
        ownerDetails,
        new Acquirer<>(
            List.of(claim),
            coordinator,
            Acquirer.inCluster(claims(claim), List.of(claim), coordinator, ownerDetails)
                .as(grant -> new UpgradableHold(grant, claim, coordinator, ownerDetails)),
            UpgradableHandle::new));
  }

  /** The upgradable place first. What limits the wait and the hold is demanded once. */
  public static List<LockClaim> claims(LockClaim upgradable) {
    return List.of(upgradable, upgradable.beside(LockMode.READ));
  }
}
