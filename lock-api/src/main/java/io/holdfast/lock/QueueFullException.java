package io.holdfast.lock;

import io.holdfast.lock.internal.queue.LockClaim;

/**
 * A lock's queue holds more places than {@link LockConfig#maxAhead} allows ahead of a new one.
 * Nothing was left in the queue.
 */
public final class QueueFullException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public QueueFullException(LockClaim claim, int ahead) {
    super(
        "lock %s: %d places are in the queue, and an acquisition waits behind %d at most; try later"
            .formatted(claim.name(), ahead, claim.config().maxAhead()));
  }
}
