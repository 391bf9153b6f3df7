package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Names a critical section shared by every process in the namespace. First come, first served.
 *
 * <p>Not reentrant: two acquisitions are two places in the queue, whoever makes them. A wait that
 * is given up, by time-out, interrupt or cancellation, takes its place out of the queue at once, or
 * as soon as the cluster can be reached, or with the end of the session: nothing is left behind,
 * and the call does not wait for that. A wait outlives the loss of a session: it queues again, at
 * the end, in the next one.
 */
public interface DistributedLock {

  /** Its name. */
  LockName name();

  /**
   * Waits its turn, for ever if need be.
   *
   * @throws InterruptedException if interrupted
   */
  LockGrant acquire() throws InterruptedException;

  /**
   * Takes the lock if nobody has it or waits for it. Writes nothing if somebody visibly does.
   *
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer within the
   *     request time-out
   */
  Optional<LockGrant> tryAcquire();

  /**
   * Waits its turn for a while.
   *
   * @return empty if {@code wait} passed first
   * @throws InterruptedException if interrupted
   */
  Optional<LockGrant> tryAcquire(Duration wait) throws InterruptedException;

  /**
   * Waits its turn without a thread.
   *
   * @return completes on the common pool; cancelling it gives up the wait
   */
  CompletableFuture<LockGrant> acquireAsync();
}
