package io.holdfast.lock.internal.local;

import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The time for which a {@link LocalQueue} has a place in the cluster's queue: from the admission
 * until the place is given up.
 */
final class SharedPlace {

  /** So that the count in a token never runs over, should a place be kept for hours. */
  private static final int MOST_HOLDS = Integer.MAX_VALUE;

  private final QueueGrant place;
  private final boolean mayKeep;
  private final Context context;

  /** All these: guarded by the queue. */
  private int holds;

  private int handedOn;
  private long since;
  private boolean contested;
  private boolean closed;
  private boolean lookingOut;
  private long unusedSince;
  private Duration retention = Duration.ZERO;

  /** All below: used in the context only. */
  private boolean over;

  private @Nullable Watch rivals;
  private Runnable stopTimer = () -> {};

  /**
   * Begins.
   *
   * @param mayKeep whether the place says that it may be kept, for those who only try
   */
  SharedPlace(QueueGrant place, boolean mayKeep, Context context) {
    this.place = place;
    this.mayKeep = mayKeep;
    this.context = context;
    this.since = context.nanoTime();
  }

  QueueGrant place() {
    return place;
  }

  /** The token of one more hold. The first one's is the place's own. */
  FencingToken nextToken() {
    return place.token().handedOver(holds++);
  }

  private boolean canBeHeldAgain() {
    return holds < MOST_HOLDS && !closed && place.isHeld();
  }

  /** True if the next in this process may have it; counts that as done. */
  boolean mayBeHandedOn(LockConfig config) {
    return handedOn++ < config.maxHandOvers()
        && context.nanoTime() - since < Durations.nanos(config.maxHandOverTime())
        && canBeHeldAgain();
  }

  boolean mayBeKept(LockConfig config) {
    return mayKeep && !config.retention().isZero() && !contested && canBeHeldAgain();
  }

  boolean mayBeTaken() {
    return !contested && canBeHeldAgain();
  }

  /** Out of retention. As far as is known nobody has waited for us: their patience begins anew. */
  SharedPlace takenUp() {
    handedOn = 0;
    since = context.nanoTime();
    return this;
  }

  /**
   * Keeps the place from now on without it being held.
   *
   * @return true if {@link #lookOut} is to be called, the first time
   */
  boolean keep(Duration forAsLongAs) {
    retention = forAsLongAs;
    unusedSince = context.nanoTime();
    boolean first = !lookingOut;
    lookingOut = true;
    return first;
  }

  /** The present hold is to be the last. */
  void close() {
    closed = true;
  }

  void contest() {
    contested = true;
  }

  /** How long a place that is now unused has still to be kept. */
  Duration retentionLeft() {
    Duration left = retention.minusNanos(context.nanoTime() - unusedSince);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Tells {@code queue} of rivals and of time, until the end. */
  void lookOut(LocalQueue queue) {
    context.execute(
        () -> {
          if (!over) {
            rivals = place.watchRivals(() -> queue.rivalSeen(this));
          }
        });
    lookAfter(retention, queue);
  }

  /**
   * To tell {@code queue} again when the place may have been unused for too long: in {@code left},
   * but if it is in use by now, in as much time as it may be unused after that at least. To be
   * called under the queue's lock.
   */
  Runnable lookLater(Duration left, LocalQueue queue) {
    Duration delay = left.isZero() ? retention : left;
    return () -> lookAfter(delay, queue);
  }

  private void lookAfter(Duration delay, LocalQueue queue) {
    context.execute(
        () -> {
          if (!over) {
            stopTimer = context.schedule(delay, () -> queue.timePassed(this));
          }
        });
  }

  /** Ends {@link #lookOut}. */
  void stopLooking() {
    context.execute(
        () -> {
          over = true;
          stopTimer.run();
          if (rivals != null) {
            rivals.close();
          }
        });
  }

  /** Gives the place up; as {@link QueueGrant#release}. */
  CompletableFuture<Void> end() {
    stopLooking();
    return place.release();
  }
}
