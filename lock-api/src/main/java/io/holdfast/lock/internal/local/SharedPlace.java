package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.QueueFullException;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.queue.WaitForm;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The place that a {@link LocalQueue} seeks or has in the cluster's queue, until it is given up:
 * the search for it, the count of its holds, and the watch for what ends its retention.
 */
final class SharedPlace {

  /** So that the count in a token never runs over, should a place be kept for hours. */
  private static final int MOST_HOLDS = Integer.MAX_VALUE;

  private final LocalQueue queue;
  private final LockClaim claim;
  private final LocalWait first;
  private final Coordinator coordinator;
  private final Context context;

  /** Once admitted. Guarded by the queue, as all these. */
  private @Nullable QueueGrant inCluster;

  private int holds;
  private int handedOver;
  private long since;
  private boolean contested;
  private boolean closed;
  private long unusedSince;
  private Duration retention = Duration.ZERO;

  /** Set once. */
  private volatile boolean lookingOut;

  /** All below: used in the context only. */
  private boolean over;

  private @Nullable CompletableFuture<QueueGrant> search;
  private @Nullable Watch rivals;
  private Runnable stopTimer = () -> {};

  /**
   * A place that {@link #start} seeks.
   *
   * @param first for whom, and by whose limits
   */
  SharedPlace(LocalQueue queue, LockClaim claim, LocalWait first) {
    this.queue = queue;
    this.claim = claim;
    this.first = first;
    this.coordinator = queue.coordinator();
    this.context = coordinator.context();
  }

  /** Begins the search, of which the queue is told. */
  void start() {
    context.execute(
        () -> {
          if (!over) {
            search =
                new Acquisition(
                        List.of(claim),
                        coordinator,
                        first.isTry() ? WaitForm.TRY : WaitForm.BLOCK,
                        first.details().sharedBy(queue.id(), claim.config()),
                        LockEvents.silent(coordinator))
                    .start();
            search.whenComplete(this::searched);
          }
        });
  }

  private void searched(@Nullable QueueGrant found, @Nullable Throwable failure) {
    if (found == null) {
      queue.failed(this, Acquisition.unwrap(Objects.requireNonNull(failure)));
    } else if (queue.admitted(this, found)) {
      found.lostHere().thenAccept(reason -> queue.lost(this, reason));
    } else {
      found.release();
    }
  }

  /** True if a failure of the search is one of {@code wait}, too. */
  boolean failsFor(LocalWait wait, Throwable failure) {
    return wait == first || !(first.isTry() || failure instanceof QueueFullException);
  }

  void admitted(QueueGrant found) {
    inCluster = found;
    since = context.nanoTime();
  }

  QueueGrant inCluster() {
    return Objects.requireNonNull(inCluster);
  }

  /** The token of one more hold. The first one's is the place's own. */
  FencingToken nextToken() {
    return inCluster().token().handedOver(holds++);
  }

  private boolean canBeHeldAgain() {
    return holds < MOST_HOLDS && !closed && inCluster().isHeld();
  }

  /** True if the next in this process may have it; counts that as done. */
  boolean mayBeHandedOver(LockConfig config) {
    return handedOver++ < config.maxHandOvers()
        && context.nanoTime() - since < Durations.nanos(config.maxHandOverTime())
        && canBeHeldAgain();
  }

  /** Only if the place says so, to those who merely try: if the first who took it wanted that. */
  boolean mayBeRetained(Duration idle) {
    return !claim.config().retention().isZero() && !idle.isZero() && !contested && canBeHeldAgain();
  }

  boolean mayBeTaken() {
    return !contested && canBeHeldAgain();
  }

  /** Out of retention. As far as is known nobody has waited for us: their patience begins anew. */
  void takenUp() {
    handedOver = 0;
    since = context.nanoTime();
  }

  /** The present hold is to be the last. */
  void close() {
    closed = true;
  }

  void contest() {
    contested = true;
  }

  /** From now on nobody holds it: see {@link #isIdle}. */
  void unusedFrom(Duration idle) {
    retention = idle;
    unusedSince = context.nanoTime();
  }

  private Duration retentionLeft() {
    return retention.minusNanos(context.nanoTime() - unusedSince);
  }

  /** True if it has been kept for as long as it is to be. */
  boolean isIdle() {
    Duration left = retentionLeft();
    return left.isZero() || left.isNegative();
  }

  /** When it may be idle next; if it is in use by now, after the retention at the earliest. */
  Duration nextLook() {
    return isIdle() ? retention : retentionLeft();
  }

  /** Tells the queue of rivals and of time, from the first call on until the end. */
  void lookOut(Duration idle) {
    if (lookingOut) {
      return;
    }
    lookingOut = true;
    context.execute(
        () -> {
          if (!over && rivals == null) {
            rivals = inCluster().watchRivals(() -> queue.rivalSeen(this));
            lookAfter(idle);
          }
        });
  }

  /** Tells the queue that time has passed. In the context. */
  void lookAfter(Duration delay) {
    if (!over) {
      stopTimer = context.schedule(delay, () -> queue.timePassed(this));
    }
  }

  /** Ends the search, and the watch for what ends the retention. */
  void stopLooking() {
    context.execute(
        () -> {
          over = true;
          stopTimer.run();
          if (search != null) {
            search.cancel(false);
          }
          if (rivals != null) {
            rivals.close();
          }
        });
  }

  /**
   * Gives the place up, or the search for it. Idempotent. Without the lock, and not before the
   * queue has another state.
   *
   * @return as {@link QueueGrant#release}
   */
  CompletableFuture<Void> end() {
    stopLooking();
    QueueGrant held = inCluster;
    return held == null ? CompletableFuture.completedFuture(null) : held.release();
  }
}
