package io.holdfast.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a caller can wait for and hold. First come, first served in every mode: a reader does not
 * overtake a waiting writer, and a request for few permits does not overtake a request for many.
 *
 * <p>Not reentrant: two acquisitions are two places in the queue, even of one thread. A wait ends
 * early by time-out, interrupt or cancellation. Its place then leaves the queue at once, or as soon
 * as the cluster can be reached, or at the latest when the session ends. Nothing is left behind,
 * and the call does not wait for the removal. If the session is lost, the wait goes on: it queues
 * again at the end, in the next session. If an operator removes the place from the queue, the wait
 * fails with {@link RemovedFromQueueException}.
 *
 * @param <G> what the holder gets
 */
public interface Acquirable<G extends LockGrant> {

  /**
   * Waits for its turn, without a time limit.
   *
   * @throws InterruptedException if interrupted
   * @throws RemovedFromQueueException if an operator took the place
   */
  G acquire() throws InterruptedException;

  /**
   * Acquires the lock if no holder and no waiter is in the way. Otherwise it writes nothing, unless
   * a process keeps its place without using it: then it queues for a moment, to get it. It sees
   * every release that the caller knows of. Blocks for the request time-out at most; an interrupt
   * does not shorten that.
   *
   * @throws io.holdfast.coordination.UnavailableException if the cluster does not answer within the
   *     request time-out
   */
  Optional<G> tryAcquire();

  /**
   * Waits for its turn, for {@code wait} at most. With zero or a negative time it is {@link
   * #tryAcquire()}.
   *
   * @return empty if {@code wait} passed first, also because the cluster could not be reached
   * @throws InterruptedException if interrupted
   * @throws RemovedFromQueueException if an operator took the place
   */
  Optional<G> tryAcquire(Duration wait) throws InterruptedException;

  /**
   * Waits for its turn without blocking a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; the wait ends if the caller
   *     cancels the future or completes it in any other way, so {@code orTimeout} bounds the wait
   */
  CompletableFuture<G> acquireAsync();
}
