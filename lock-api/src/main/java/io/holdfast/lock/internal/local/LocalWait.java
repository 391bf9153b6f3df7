package io.holdfast.lock.internal.local;

import io.holdfast.admin.LocalQueueMember;
import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.lock.internal.queue.Acquisition.Patience;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.OwnerDetails.Caller;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** One who waits in a {@link LocalQueue}. Cancelling it takes it out of there. */
final class LocalWait extends CompletableFuture<Optional<LocalGrant>> {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final LocalQueue queue;
  private final LocalUse use;
  private final OwnerDetails.Description description;
  private final LockEvents report;
  private final Patience patience;
  private final Executor completion;
  private final long number = NUMBERS.incrementAndGet();

  /** Begins to wait, in the thread that asks. */
  LocalWait(
      LocalQueue queue,
      LocalUse use,
      Patience patience,
      Caller caller,
      LockEvents report,
      Executor completion) {
    this.queue = queue;
    this.use = use;
    this.description = use.ownerDetails().describe(caller);
    this.report = report;
    this.patience = patience;
    this.completion = completion;
  }

  LocalUse use() {
    return use;
  }

  OwnerDetails.Description description() {
    return description;
  }

  LockEvents report() {
    return report;
  }

  /** Who waits. */
  LocalQueueMember member() {
    return new LocalQueueMember(number, report.waitedFor(), description);
  }

  boolean isTry() {
    return patience == Patience.NO_WAIT;
  }

  /** Gives it the lock, or passes the lock on if it has given up meanwhile. */
  void give(LocalGrant grant) {
    report.waitEnded(WaitEnding.ACQUIRED, List.of());
    completion.execute(
        () -> {
          if (!complete(Optional.of(grant))) {
            grant.release();
          }
        });
  }

  void refuse() {
    report.waitEnded(WaitEnding.NOT_FREE, List.of());
    completion.execute(() -> complete(Optional.empty()));
  }

  void fail(Throwable cause) {
    report.waitEnded(WaitEnding.FAILED, List.of());
    completion.execute(() -> completeExceptionally(cause));
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    if (cancelled) {
      report.waitEnded(WaitEnding.GIVEN_UP, List.of());
      queue.gaveUp(this);
    }
    return cancelled;
  }
}
