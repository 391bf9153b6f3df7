package io.holdfast.lock.internal.local;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Closing;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.ProvableGrant;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One of several holds, one after the other, of the place that a {@link LocalQueue} has. It is over
 * when it is released, though the place may live on; and it is lost when the place is. A hold that
 * has given out a guard is the last of its place.
 */
public final class LocalGrant implements ProvableGrant {

  private final LocalQueue queue;
  private final SharedPlace sharedPlace;
  private final QueueGrant place;
  private final FencingToken token;
  private final LocalWait wait;
  private final LockEvents report;

  /** Used in the context only. */
  private Runnable stopTimer = () -> {};

  /** How it ended: RELEASED, or LOST if it was no longer proven by then. Guarded by this. */
  private @Nullable GrantState ended;

  /** What the queue said to the release. Guarded by this. */
  private @Nullable CompletableFuture<Void> left;

  /** Made when first asked for. Guarded by this. */
  private @Nullable CompletableFuture<LossReason> lost;

  /** The next hold of a place, for one who wanted it. {@link #give} begins it. */
  LocalGrant(LocalQueue queue, SharedPlace sharedPlace, LocalWait wait) {
    this.queue = queue;
    this.sharedPlace = sharedPlace;
    this.place = sharedPlace.inCluster();
    this.token = sharedPlace.nextToken();
    this.wait = wait;
    this.report = wait.report();
    report.holdBegins();
  }

  /** Gives it to the one who wanted it. */
  void give() {
    if (wait.claim().boundsHold()) {
      Context context = queue.coordinator().context();
      context.execute(
          () -> stopTimer = context.schedule(config().maxHold(), () -> overstayed(config())));
    }
    wait.give(this);
  }

  /** Ends the hold, and the place with it, if so configured: it has lasted for too long. */
  private void overstayed(LockConfig config) {
    boolean ours = config.overstay() == Overstay.REVOKE ? queue.closePlaceOf(this) : !isOver();
    if (ours) {
      place.overstayed(token, config);
    }
  }

  private synchronized boolean isOver() {
    return ended != null;
  }

  LockConfig config() {
    return wait.claim().config();
  }

  SharedPlace sharedPlace() {
    return sharedPlace;
  }

  /** Who has it. */
  LocalMember member() {
    return new LocalMember(token.handover(), report.heldFor(), wait.details());
  }

  public QueueGrant place() {
    return place;
  }

  @Override
  public LockName name() {
    return place.name();
  }

  @Override
  public FencingToken token() {
    return token;
  }

  @Override
  public synchronized GrantState state() {
    return ended == null ? place.state() : ended;
  }

  @Override
  public boolean isHeld() {
    return !remaining().isZero();
  }

  @Override
  public synchronized Duration remaining() {
    return ended == null ? place.remaining() : Duration.ZERO;
  }

  @Override
  public boolean prove() {
    return place.prove() && isHeld();
  }

  /**
   * The place is the condition. So that the condition ends with this hold, nobody gets the place
   * after it.
   */
  @Override
  public Transaction guard(Transaction transaction) {
    return queue.closePlaceOf(this) ? place.guard(transaction) : place.refused(transaction);
  }

  @Override
  public CompletionStage<LossReason> lost() {
    CompletableFuture<LossReason> asked;
    synchronized (this) {
      if (lost == null) {
        lost = new CompletableFuture<>();
      }
      asked = lost;
    }
    if (state() == GrantState.LOST) {
      tell(asked, place.whyNotHeld());
    }
    return asked.minimalCompletionStage();
  }

  /** The queue tells the present holder, so that the place need not know all who ever asked. */
  void placeLost(LossReason reason) {
    CompletableFuture<LossReason> listener;
    synchronized (this) {
      if (ended != null) {
        return;
      }
      listener = lost;
    }
    report.lost(token, reason);
    if (listener != null) {
      tell(listener, reason);
    }
  }

  private void tell(CompletableFuture<LossReason> listener, LossReason reason) {
    place.callbacks().execute(() -> listener.complete(reason));
  }

  @Override
  public CompletableFuture<Void> release() {
    return place.told(leave());
  }

  @Override
  public void close() {
    if (!leave().isDone()
        && state() == GrantState.RELEASED
        && config().closing() == Closing.AWAITED) {
      place.awaitLeft();
    }
  }

  private CompletableFuture<Void> leave() {
    boolean proven = isHeld();
    CompletableFuture<Void> leaving;
    CompletableFuture<LossReason> listener;
    synchronized (this) {
      if (left != null) {
        return left;
      }
      ended = proven ? GrantState.RELEASED : GrantState.LOST;
      listener = lost;
      leaving = new CompletableFuture<>();
      left = leaving;
    }
    if (wait.claim().boundsHold()) {
      queue.coordinator().context().execute(() -> stopTimer.run());
    }
    if (proven) {
      report.released();
    } else {
      LossReason reason = place.whyNotHeld();
      report.lost(token, reason);
      if (listener != null) {
        tell(listener, reason);
      }
    }
    queue.released(this).thenRun(() -> leaving.complete(null));
    return leaving;
  }

  @Override
  public String toString() {
    return "grant of " + name() + ", " + state() + ", token " + token;
  }
}
