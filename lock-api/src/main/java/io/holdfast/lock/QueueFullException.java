package io.holdfast.lock;

import io.holdfast.lock.internal.queue.LockClaim;

/**
 * More are in a lock's queue than {@link LockConfig#maxAhead} allows to wait behind. Nothing was
 * left in the queue.
 */
public final class QueueFullException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public QueueFullException(LockClaim claim, int ahead) {
    super(
        "lock %s: %d are in the queue, and nobody is to wait behind more than %d; try later"
            .formatted(claim.name(), ahead, claim.config().maxAhead()));
  }
}
