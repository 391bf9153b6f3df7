package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.internal.queue.Acquirer;
import io.holdfast.lock.internal.queue.GrantHandle;
import io.holdfast.lock.internal.queue.ModeLock;
import java.util.List;

/**
 * A lock that the threads of this process share a place for. A bound of holds is that of each hold.
 * A hold that is revoked takes the place with it, so that nothing that it still does counts as done
 * by its successor; those who wait here queue for another.
 */
public final class LocalLock extends ModeLock<LockGrant> implements DistributedLock {

  public LocalLock(LocalUse use, Coordinator coordinator) {
    super(use.claim(), coordinator, use.ownerDetails(), acquirer(use, coordinator));
  }

  private static Acquirer<LockGrant, LocalGrant> acquirer(LocalUse use, Coordinator coordinator) {
    LocalQueue queue = LocalQueues.of(coordinator).queue(use.claim().queue());
    return new Acquirer<>(
        List.of(use.claim()),
        coordinator,
        (patience, caller, completion) -> queue.begin(use, patience, caller, completion),
        GrantHandle.Plain::new);
  }
}
