package io.holdfast.lock.internal.local;

import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.WaitForm;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One who waits in a {@link LocalQueue}. Cancelling it takes it out of there. */
final class LocalWait extends CompletableFuture<LocalGrant> {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final LocalQueue queue;
  private final LockClaim claim;
  private final WaitForm form;
  private final LockEvents report;
  private final Thread thread = Thread.currentThread();

  /** Both are set before it stands in the queue, and only if it does. */
  private @Nullable OwnerDetails details;

  private long number;

  /** Begins to wait, in the thread that asks. */
  LocalWait(LocalQueue queue, LockClaim claim, WaitForm form) {
    this.queue = queue;
    this.claim = claim;
    this.form = form;
    this.report = new LockEvents(List.of(claim), queue.coordinator());
  }

  /** For those who inspect the queue. In the thread that asks; calls code of others. */
  void describe() {
    details = OwnerDetails.of(claim, form);
    number = NUMBERS.incrementAndGet();
  }

  OwnerDetails details() {
    return details == null ? OwnerDetails.afterwards(claim, form, thread) : details;
  }

  LockClaim claim() {
    return claim;
  }

  LockEvents report() {
    return report;
  }

  /** Who waits. */
  LocalMember member() {
    return new LocalMember(number, report.waitedFor(), details());
  }

  boolean isTry() {
    return form == WaitForm.TRY;
  }

  /** Gives it the lock, or passes the lock on if it has given up meanwhile. */
  void give(LocalGrant grant) {
    report.waitEnded(WaitEnding.ACQUIRED, List.of());
    if (form == WaitForm.ASYNC) {
      callbacks().execute(() -> take(grant));
    } else {
      take(grant);
    }
  }

  private void take(LocalGrant grant) {
    if (!complete(grant)) {
      grant.release();
    }
  }

  void fail(Throwable cause) {
    report.waitFailed(cause, List.of());
    if (form == WaitForm.ASYNC) {
      callbacks().execute(() -> completeExceptionally(cause));
    } else {
      completeExceptionally(cause);
    }
  }

  private Executor callbacks() {
    return queue.coordinator().context().callbacks();
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
