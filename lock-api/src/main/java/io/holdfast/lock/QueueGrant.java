package io.holdfast.lock;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place at the front of a queue.
 *
 * <p>HELD and AT_RISK follow the session, and so does LOST; besides, the grant turns LOST when its
 * place is taken away while the session lives (forced release). To see that costs a watch, which a
 * hold that lasts only a moment does without.
 */
final class QueueGrant implements LockGrant {

  private static final Logger LOG = LoggerFactory.getLogger(QueueGrant.class);
  private static final Duration MOMENT = Duration.ofMillis(200);

  /** How the hold ended, or that it has not. */
  private enum End {
    NOT_YET,
    RELEASED,
    TAKEN_AWAY
  }

  private final LockName name;
  private final Session session;
  private final Place place;
  private final FencingToken token;

  /** Completes in the session's context: not for other people's code to hang on. */
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  /** Guarded by this. */
  private End end = End.NOT_YET;

  /**
   * Made when first asked for, since every observer of a session's life costs memory. Guarded by
   * this.
   */
  private @Nullable CompletableFuture<LossReason> lost;

  /** Used in the session's context only. */
  private Runnable stopWatching = () -> {};

  QueueGrant(LockName name, Session session, Place place) {
    this.name = name;
    this.session = session;
    this.place = place;
    this.token = FencingToken.of(place.created());
  }

  Session session() {
    return session;
  }

  /** To be called once, in the session's context. */
  void watchOwnPlace() {
    stopWatching =
        session
            .context()
            .schedule(
                MOMENT,
                () -> {
                  CompletableFuture<Void> gone = session.gone(place.key());
                  gone.thenRun(this::takenAway);
                  stopWatching = () -> gone.cancel(false);
                });
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
    LOG.warn("lock {} with token {} was taken away from us", name, token);
    if (listener != null) {
      listener.completeAsync(() -> LossReason.REVOKED);
    }
  }

  private synchronized End end() {
    return end;
  }

  @Override
  public LockName name() {
    return name;
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
  public void ensureHeld() {
    if (!isHeld()) {
      throw new LockLostException(
          "lock "
              + name
              + " is "
              + state()
              + ", not provably held: stop, and write nothing more under token "
              + token);
    }
  }

  @Override
  public CompletionStage<LossReason> lost() {
    CompletableFuture<LossReason> fresh;
    synchronized (this) {
      if (lost != null) {
        return lost.minimalCompletionStage();
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
    if (end() == End.TAKEN_AWAY) {
      fresh.completeAsync(() -> LossReason.REVOKED);
    } else if (session.state() == SessionState.LOST) {
      sessionLost(fresh);
    }
    return fresh.minimalCompletionStage();
  }

  private void sessionLost(CompletableFuture<LossReason> listener) {
    if (end() == End.NOT_YET) {
      session.lost().thenAccept(reason -> listener.completeAsync(() -> reason));
    }
  }

  @Override
  public CompletableFuture<Void> release() {
    leave();
    return released.thenRunAsync(() -> {});
  }

  @Override
  public void close() {
    leave();
    try {
      released.get(session.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the release of {} goes on in the background", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("leaving never fails", e);
    }
  }

  private void leave() {
    boolean mine;
    synchronized (this) {
      mine = end == End.NOT_YET;
      end = mine ? End.RELEASED : end;
    }
    if (mine) {
      session.context().execute(() -> stopWatching.run());
      session.leave(List.of(place)).whenComplete((left, none) -> released.complete(null));
    } else if (end() == End.TAKEN_AWAY) {
      released.complete(null);
    }
  }

  @Override
  public String toString() {
    return "grant of " + name + ", " + state() + ", token " + token;
  }
}
