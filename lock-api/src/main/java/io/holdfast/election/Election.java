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
 * One office, and those who want it: first come, first to lead.
 *
 * <p>A campaign outlives the loss of a session, with a new place at the end; leadership does not: a
 * leader that has lost it campaigns again. Giving up a campaign leaves nothing behind.
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
   * Waits for a while.
   *
   * @return empty if {@code wait} passed first; then it is no candidate any more
   * @throws InterruptedException likewise
   */
  public Optional<Leadership> campaign(Duration wait) throws InterruptedException {
    return office.tryAcquire(wait).map(grant -> new Leadership(grant, coordinator));
  }

  /**
   * Waits without a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; cancelling it, or completing it
   *     in any other way, withdraws the candidature
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
   * Who leads now, by the cluster's word.
   *
   * @return empty if nobody wants to; fails with {@link
   *     io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<Optional<Leader>> leader() {
    return queues.queue(name.text()).thenApply(Leader::first);
  }

  /**
   * Tells {@code observer} who leads, or that nobody does, now and after each change: coalesced, so
   * that a slow observer hears of the latest only, and never of an earlier term after a later one.
   * Goes on in the next session when one is lost, and says nothing while the cluster is away.
   *
   * @param observer called where {@link io.holdfast.spi.Callbacks} run, by one thread at a time
   * @return ends it when closed
   */
  public ElectionWatch observe(Consumer<Optional<Leader>> observer) {
    ElectionWatch observation =
        new ElectionWatch(Elections.DIRECTORY.child(name.segment()), observer);
    observation.start(coordinator);
    return observation;
  }
}
