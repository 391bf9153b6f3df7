package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Closing;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An admitted place in the queue of one lock, or in each queue of several.
 *
 * <p>HELD, AT_RISK and LOST follow the session. The grant also turns LOST when a place is removed
 * while the session lives (forced release). Noticing that costs a watch; a hold that lasts only a
 * moment has none. If a lost grant still has places, its release removes them.
 */
public final class QueueGrant implements ProvableGrant {

  private static final Logger LOG = LoggerFactory.getLogger(QueueGrant.class);
  private static final Duration MOMENT = Duration.ofMillis(200);

  /** How the hold ended, or that it has not. */
  private enum End {
    NOT_YET,
    RELEASED,
    TAKEN_AWAY,
    /** Released when it was no longer proven: another holder may have had it by then. */
    TOO_LATE
  }

  private final List<LockName> names;
  private final Session session;
  private final QueuePosition queuePosition;
  private final FencingToken token;
  private final Closing closing;

  /** Completes in the session's context, so foreign code must not depend on it. */
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  /** Guarded by this. */
  private End end = End.NOT_YET;

  /** Guarded by this. */
  private boolean leaving;

  /** Told how the hold ends. */
  private volatile @Nullable LockEvents report;

  /** The places that the hold rests on. Guarded by this. */
  private List<Place> places;

  /**
   * Made when first asked for, since every observer of a session's life costs memory. Guarded by
   * this.
   */
  private @Nullable CompletableFuture<LossReason> lost;

  /** Used in the session's context only. */
  private Runnable stopWatching = () -> {};

  /** Used in the session's context only. */
  private final List<Runnable> bounds = new ArrayList<>();

  /**
   * The locks and the places in their queues, in the same order; all taken in one step.
   *
   * @param token of this hold
   */
  public QueueGrant(
      List<LockName> names, QueuePosition queuePosition, FencingToken token, Closing closing) {
    this.names = names;
    this.session = queuePosition.session();
    this.queuePosition = queuePosition;
    this.places = queuePosition.places();
    this.token = token;
    this.closing = closing;
  }

  public Session session() {
    return session;
  }

  /** The places as they were taken, whether they are still there or not. */
  public List<Place> taken() {
    return queuePosition.places();
  }

  /** Sets the report that is told how the hold ends, if this grant notices the end. */
  void reportTo(LockEvents to) {
    report = to;
  }

  /** Watches the places for removal. Call it once, in the session's context. */
  public void watchOwnPlaces() {
    stopWatching = session.context().schedule(MOMENT, this::watchNow);
  }

  /**
   * Calls {@code rival} in the session's context whenever another place is seen in the queue of the
   * first lock. Call it in that context.
   *
   * @return stops the watch, which ends with the session at the latest
   */
  public Watch watchRivals(Runnable rival) {
    Place first = queuePosition.places().get(0);
    Key own = first.key();
    return session.watch(
        first.queue(),
        snapshot -> {
          if (snapshot.entries().stream().anyMatch(entry -> !entry.key().equals(own))) {
            rival.run();
          }
        });
  }

  private void watchNow() {
    List<CompletableFuture<Void>> watches = new ArrayList<>();
    for (Place place : places()) {
      CompletableFuture<Void> gone = session.gone(place.key());
      gone.whenComplete(
          (done, failure) -> {
            if (failure == null) {
              placeGone(place);
            } else if (session.state() == SessionState.LOST && end() == End.NOT_YET) {
              tellLost();
            }
          });
      watches.add(gone);
    }
    stopWatching = () -> watches.forEach(gone -> gone.cancel(false));
  }

  private void placeGone(Place place) {
    if (places().contains(place)) {
      takenAway();
    }
  }

  private synchronized List<Place> places() {
    return places;
  }

  /**
   * Starts the timer for the maximum hold. Call it in the session's context, as the hold begins.
   */
  void bound(LockClaim claim) {
    if (claim.boundsHold()) {
      LockConfig config = claim.config();
      bounds.add(session.context().schedule(config.maxHold(), () -> overstayed(token, config)));
    }
  }

  /**
   * The hold lasts too long. If it is to be revoked, the grant turns LOST before another can hold
   * the lock. Call it in the session's context.
   *
   * @param hold the token of the hold that lasts too long
   */
  public void overstayed(FencingToken hold, LockConfig config) {
    if (end() != End.NOT_YET) {
      return;
    }
    LOG.warn(
        "lock {} with token {} is held for over {}",
        text(),
        hold,
        Durations.text(config.maxHold()));
    if (config.overstay() == Overstay.REVOKE) {
      takenAway();
      leave();
    }
  }

  private void takenAway() {
    CompletableFuture<LossReason> listener;
    synchronized (this) {
      if (end != End.NOT_YET) {
        return;
      }
      end = End.TAKEN_AWAY;
      listener = lost;
    }
    LOG.warn("lock {} with token {} was taken away from us", text(), token);
    if (listener != null) {
      listener.complete(LossReason.REVOKED);
    }
    tellLost();
  }

  private void tellLost() {
    LockEvents to = report;
    if (to != null) {
      to.lost(token, whyNotHeld());
    }
  }

  /** Why it is not held, although it was not released in time. */
  public LossReason whyNotHeld() {
    if (end() == End.TAKEN_AWAY) {
      return LossReason.REVOKED;
    }
    return session.lost().toCompletableFuture().getNow(LossReason.DEADLINE_PASSED);
  }

  /** Completes, in the session's context, when the holder's release has removed the places. */
  CompletableFuture<Void> left() {
    return released;
  }

  private synchronized End end() {
    return end;
  }

  @Override
  public LockName name() {
    return names.get(0);
  }

  @Override
  public List<LockName> names() {
    return names;
  }

  private String text() {
    return names.stream().map(LockName::toString).collect(Collectors.joining(" and "));
  }

  @Override
  public FencingToken token() {
    return token;
  }

  @Override
  public GrantState state() {
    End ended = end();
    if (ended != End.NOT_YET) {
      return ended == End.RELEASED ? GrantState.RELEASED : GrantState.LOST;
    }
    SessionState state = session.state();
    if (state == SessionState.LOST) {
      return GrantState.LOST;
    }
    return state == SessionState.ACTIVE && !session.remaining().isZero()
        ? GrantState.HELD
        : GrantState.AT_RISK;
  }

  @Override
  public boolean isHeld() {
    return !remaining().isZero();
  }

  @Override
  public Duration remaining() {
    if (end() != End.NOT_YET || session.state() == SessionState.LOST) {
      return Duration.ZERO;
    }
    return session.remaining();
  }

  @Override
  public boolean prove() {
    try {
      Uninterrupted.get(session.prove(), session.timeout());
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{} is not proven", this, e);
    }
    return isHeld();
  }

  @Override
  public Transaction guard(Transaction transaction) {
    if (end() != End.NOT_YET) {
      return refused(transaction);
    }
    Transaction guarded = transaction;
    for (Place place : places()) {
      guarded = guarded.require(new Transaction.Exists(place.key()));
    }
    return guarded;
  }

  /**
   * Adds a condition that is never fulfilled, so the transaction fails like any other that comes
   * too late. The places themselves may still exist, because they are being removed or another
   * thread holds them.
   */
  public Transaction refused(Transaction transaction) {
    Key queue = queuePosition.places().get(0).queue();
    return transaction
        .require(new Transaction.Exists(queue))
        .require(new Transaction.Absent(queue));
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return told(lostHere()).minimalCompletionStage();
  }

  /**
   * As {@link #lost}, but completes in the session's context, so foreign code must not depend on
   * it.
   */
  public CompletableFuture<LossReason> lostHere() {
    CompletableFuture<LossReason> fresh;
    synchronized (this) {
      if (lost != null) {
        return lost;
      }
      fresh = new CompletableFuture<>();
      lost = fresh;
    }
    Runnable stop =
        session.onState(
            state -> {
              if (state == SessionState.LOST) {
                sessionLost(fresh);
              }
            });
    released.whenComplete((done, none) -> stop.run());
    if (end() == End.TAKEN_AWAY || end() == End.TOO_LATE) {
      fresh.complete(whyNotHeld());
    } else if (session.state() == SessionState.LOST) {
      sessionLost(fresh);
    }
    return fresh;
  }

  private void sessionLost(CompletableFuture<LossReason> listener) {
    if (end() == End.NOT_YET) {
      session.lost().thenAccept(listener::complete);
    }
  }

  public <T> CompletableFuture<T> told(CompletableFuture<T> here) {
    return session.context().told(here);
  }

  /** The executor on which foreign code is told of the hold's end. */
  public Executor callbacks() {
    return session.context().callbacks();
  }

  /** As {@link io.holdfast.lock.ConvertibleGrant#downgrade}. */
  public CompletableFuture<Void> downgrade() {
    Place write = queuePosition.places().get(0);
    synchronized (this) {
      places = places.stream().filter(place -> !place.equals(write)).toList();
    }
    return told(queuePosition.only(write).leave());
  }

  /**
   * {@link #downgrade}, and waits until the cluster knows, if a release would wait. Does nothing if
   * the hold has no place to read.
   */
  public void goOnAsReader() {
    if (taken().size() == 1) {
      return;
    }
    CompletableFuture<Void> done = downgrade();
    if (closing == Closing.AWAITED) {
      awaitAtMostASession(done);
    }
  }

  @Override
  public CompletableFuture<Void> release() {
    leave();
    return told(released);
  }

  @Override
  public void close() {
    leave();
    if (closing == Closing.AWAITED && end() == End.RELEASED) {
      awaitLeft();
    }
  }

  /** Waits until the places have been left, at most the session time-out. */
  public void awaitLeft() {
    awaitAtMostASession(released);
  }

  private void awaitAtMostASession(CompletableFuture<Void> left) {
    try {
      left.get(Durations.nanos(session.timeout()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the release of {} goes on in the background", names, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("leaving never fails", e);
    }
  }

  private void leave() {
    boolean proven = isHeld();
    boolean first;
    CompletableFuture<LossReason> listener = null;
    synchronized (this) {
      first = !leaving;
      leaving = true;
      if (end == End.NOT_YET) {
        end = proven ? End.RELEASED : End.TOO_LATE;
        listener = proven ? null : lost;
      }
    }
    if (listener != null) {
      listener.complete(whyNotHeld());
    }
    if (first && !proven) {
      tellLost();
    }
    if (first) {
      session
          .context()
          .execute(
              () -> {
                stopWatching.run();
                bounds.forEach(Runnable::run);
              });
      queuePosition.leave().whenComplete((left, none) -> released.complete(null));
    }
  }

  @Override
  public String toString() {
    return "grant of " + text() + ", " + state() + ", token " + token;
  }
}
