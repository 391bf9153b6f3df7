package io.holdfast.lock.internal.local;

import io.holdfast.admin.LocalQueueMember;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Closing;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.ProvableGrant;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of several holds, one after the other, of the place that a {@link LocalQueue} has. It is over
 * when it is released, though the place may live on; and it is lost when the place is. A hold that
 * has given out a guard is the last of its place.
 */
public final class LocalGrant implements ProvableGrant {

  private final LocalQueue queue;
  private final LocalUse use;
  private final LockEvents report;
  private final QueueGrant place;
  private final FencingToken token;
  private final Supplier<OwnerDetails.Description> holder;

  /** Completes when it is given back. */
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Guarded by this. */
  private boolean released;

  /** It was released when it was no longer proven. Guarded by this. */
  private boolean tooLate;

  /** What the queue said to the release. Guarded by this. */
  private @Nullable CompletableFuture<Void> left;

  /** Made when first asked for. Guarded by this. */
  private @Nullable CompletableFuture<LossReason> lost;

  /**
   * A hold.
   *
   * @param holder who has it, found out only when somebody wants to know
   */
  LocalGrant(
      LocalQueue queue,
      LocalUse use,
      LockEvents report,
      QueueGrant place,
      FencingToken token,
      Supplier<OwnerDetails.Description> holder) {
    this.queue = queue;
    this.use = use;
    this.report = report;
    this.place = place;
    this.token = token;
    this.holder = holder;
  }

  LockConfig config() {
    return use.config();
  }

  /** Who has it. */
  LocalQueueMember member() {
    return new LocalQueueMember(token.handover(), report.heldFor(), holder.get());
  }

  /** Ends the hold, and the place with it, when it has lasted for too long. */
  void bound(Context context) {
    LockConfig config = use.config();
    if (use.claim().boundsHold()) {
      context.execute(
          () -> {
            Runnable stop = context.schedule(config.maxHold(), () -> overstayed(config));
            ended.thenRun(() -> context.execute(stop));
          });
    }
  }

  private void overstayed(LockConfig config) {
    boolean ours =
        config.overstay() == Overstay.REVOKE ? queue.closePlaceOf(this) : !ended.isDone();
    if (ours) {
      place.overstayed(token, config);
    }
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
    if (released) {
      return tooLate ? GrantState.LOST : GrantState.RELEASED;
    }
    return place.state();
  }

  @Override
  public boolean isHeld() {
    return !remaining().isZero();
  }

  @Override
  public synchronized Duration remaining() {
    return released ? Duration.ZERO : place.remaining();
  }

  @Override
  public boolean prove() {
    return place.prove() && isHeld();
  }

  @Override
  public void ensureHeld() {
    if (!isHeld()) {
      throw LockLostException.notHeld(name().toString(), state(), token);
    }
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
      if (released) {
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
        && use.config().closing() == Closing.AWAITED) {
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
      released = true;
      tooLate = !proven;
      listener = lost;
      leaving = new CompletableFuture<>();
      left = leaving;
    }
    ended.complete(null);
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
