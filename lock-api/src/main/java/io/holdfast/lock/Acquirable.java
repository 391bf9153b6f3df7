package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What can be waited for and held. First come, first served, whatever the mode: a reader does not
 * overtake a waiting writer, nor a light claim a heavy one.
 *
 * <p>Not reentrant: two acquisitions are two places in the queue, even of one thread. A wait that
 * is given up, by time-out, interrupt or cancellation, takes its place out of the queue at once, or
 * as soon as the cluster can be reached, or with the end of the session: nothing is left behind,
 * and the call does not wait for that. A wait outlives the loss of a session: it queues again, at
 * the end, in the next one. Only an operator who removes it from the queue ends it: it fails with
 * {@link RemovedFromQueueException} then.
 *
 * @param <G> what the holder gets
 */
public interface Acquirable<G extends LockGrant> {

  /**
   * Waits its turn, for ever if need be.
   *
   * @throws InterruptedException if interrupted
   * @throws RemovedFromQueueException if an operator took the place
   */
  G acquire() throws InterruptedException;

  /**
   * Takes it if no holder and no waiter is in the way. Writes nothing otherwise. A release that the
   * caller knows of is taken into account. Blocks for the request time-out at most; an interrupt
   * does not shorten that.
   *
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer within the
   *     request time-out
   */
  Optional<G> tryAcquire();

  /**
   * Waits its turn for a while. With no time to wait, or less, it is {@link #tryAcquire()}.
   *
   * @return empty if {@code wait} passed first
   * @throws InterruptedException if interrupted
   * @throws RemovedFromQueueException if an operator took the place
   */
  Optional<G> tryAcquire(Duration wait) throws InterruptedException;

  /**
   * Waits its turn without a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; cancelling it gives up the wait,
   *     and so does completing it in any other way: {@code orTimeout} bounds the wait
   */
  CompletableFuture<G> acquireAsync();
}
