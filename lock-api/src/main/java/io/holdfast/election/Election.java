package io.holdfast.election;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One election: its candidates lead in the order in which they queued.
 *
 * <p>If the session is lost, a campaign goes on with a new place at the end of the queue. A
 * leadership ends with its session: the former leader must campaign again. A campaign that is given
 * up leaves nothing behind.
 */
public final class Election {

  private final LockName name;
  private final Coordinator coordinator;
  private final DistributedLock office;
  private final LockQueues queues;

  Election(LockName name, Coordinator coordinator, Locks locks, LockQueues queues) {
    this.name = name;
    this.coordinator = coordinator;
    this.queues = queues;
    this.office = locks.lock(name.text(), LockConfig.unshared()).exclusive();
  }

  /** Its name. */
  public LockName name() {
    return name;
  }

  /**
   * Waits until this process leads.
   *
   * @throws InterruptedException if interrupted; then it is no candidate any more
   */
  public Leadership campaign() throws InterruptedException {
    return new Leadership(office.acquire(), coordinator);
  }

  /**
   * Waits for {@code wait} at most, until this process leads.
   *
   * @return empty if {@code wait} passed first; then it is no candidate any more
   * @throws InterruptedException likewise
   */
  public Optional<Leadership> campaign(Duration wait) throws InterruptedException {
    return office.tryAcquire(wait).map(grant -> new Leadership(grant, coordinator));
  }

  /**
   * Waits without blocking a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; the candidature ends if the
   *     caller cancels the future or completes it in any other way
   */
  public CompletableFuture<Leadership> campaignAsync() {
    CompletableFuture<LockGrant> grant = office.acquireAsync();
    CompletableFuture<Leadership> leading = new CompletableFuture<>();
    grant.whenComplete(
        (given, failure) -> {
          if (failure != null) {
            leading.completeExceptionally(failure);
          } else if (!leading.complete(new Leadership(given, coordinator))) {
            given.release();
          }
        });
    leading.whenComplete((done, failure) -> grant.cancel(false));
    return leading;
  }

  /**
   * The present leader, read from the cluster.
   *
   * @return empty if there is no candidate; fails with {@link
   *     io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<Optional<Leader>> leader() {
    return queues.queue(name.text()).thenApply(Leader::first);
  }

  /**
   * Tells {@code observer} who leads, or that nobody does, now and after each change. Changes are
   * coalesced: a slow observer gets only the latest, and never an earlier term after a later one.
   * If the session is lost, the watch goes on in the next one. While the cluster cannot be reached,
   * the observer hears nothing.
   *
   * @param observer called where {@link io.holdfast.spi.Callbacks} run, by one thread at a time
   * @return stops the calls when closed
   */
  public ElectionWatch observe(Consumer<Optional<Leader>> observer) {
    ElectionWatch observation =
        new ElectionWatch(Elections.DIRECTORY.child(name.segment()), observer);
    observation.start(coordinator);
    return observation;
  }
}
