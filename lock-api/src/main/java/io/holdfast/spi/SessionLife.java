package io.holdfast.spi;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For backends: how a session stands, who is told of it, and what ends with it.
 *
 * <p>States: ACTIVE; SUSPENDED while the cluster does not answer; LOST for good. They change in
 * {@link #move} only. LOST comes from outside, or by the clock once the deadline has passed: by a
 * timer in the context, and in any thread that asks before the timer ran. No answer brings a lost
 * session back, however late it is noticed.
 *
 * <p>A thread that asks is only answered; others are told in the context. A thread that looks at
 * its lock may have locked something on its way here, and what observers do with theirs is not ours
 * to know.
 *
 * <p>{@link #state}, {@link #isLost}, {@link #untilDeadline}, {@link #lose}, {@link #onState} and
 * {@link #failure} are for any thread, the rest is used in the context only.
 */
public final class SessionLife {

  private static final Logger LOG = LoggerFactory.getLogger(SessionLife.class);

  private final Context context;
  private final String id;
  private final CompletableFuture<LossReason> lost = new CompletableFuture<>();
  private final Observers<SessionState> observers = new Observers<>();

  /** Guarded by this, as are the four below. */
  private SessionState state = SessionState.ACTIVE;

  private long deadline;
  private @Nullable LossReason reason;
  private boolean doubted;

  /** Of the loss. */
  private boolean told;

  /** Used in the context only. */
  private final Set<Runnable> endings = new LinkedHashSet<>();

  private Runnable cancelTimer = () -> {};

  /**
   * A session that begins.
   *
   * @param id for messages
   * @param deadline when it is lost unless it is extended, by {@link Context#nanoTime}
   */
  public SessionLife(Context context, String id, long deadline) {
    this.context = context;
    this.id = id;
    this.deadline = deadline;
  }

  /** Starts the timer. */
  public void start() {
    if (isLost()) {
      tellLoss();
    } else {
      cancelTimer = context.schedule(untilThen(), this::start);
    }
  }

  private synchronized Duration untilThen() {
    return Duration.ofNanos(Math.max(0, deadline - context.nanoTime()));
  }

  /** How it stands; LOST as soon as the deadline has passed. */
  public synchronized SessionState state() {
    return stateAt(context.nanoTime());
  }

  /** The caller holds the lock. */
  private SessionState stateAt(long now) {
    if (state != SessionState.LOST && deadline - now <= 0) {
      reason = LossReason.DEADLINE_PASSED;
      move(SessionState.LOST);
    }
    return state;
  }

  /** True once it is {@link SessionState#LOST}. */
  public boolean isLost() {
    return state() == SessionState.LOST;
  }

  /**
   * How long it lasts without an answer; zero if it is lost or {@link #doubt doubted}. Every look
   * at a lock asks, so the clock is read once.
   */
  public synchronized Duration untilDeadline() {
    long now = context.nanoTime();
    boolean lasts = stateAt(now) != SessionState.LOST && !doubted;
    return lasts ? Duration.ofNanos(deadline - now) : Duration.ZERO;
  }

  /**
   * The cluster has answered.
   *
   * @param later when the session is lost without a further answer; if that is before the present
   *     deadline, this one stays
   * @return false if the answer came too late
   */
  public synchronized boolean extend(long later) {
    if (isLost()) {
      return false;
    }
    deadline = later - deadline > 0 ? later : deadline;
    return true;
  }

  /** The cluster does not answer. */
  public void suspend() {
    if (moved(SessionState.ACTIVE, SessionState.SUSPENDED)) {
      tell(SessionState.SUSPENDED);
    }
  }

  /**
   * The cluster answers again. Does nothing after a {@link #doubt}.
   *
   * @return true if the session was suspended until now
   */
  public boolean resume() {
    boolean resumed = moved(SessionState.SUSPENDED, SessionState.ACTIVE);
    if (resumed) {
      tell(SessionState.ACTIVE);
    }
    return resumed;
  }

  private synchronized boolean moved(SessionState from, SessionState to) {
    boolean moves = state() == from && !(doubted && to == SessionState.ACTIVE);
    if (moves) {
      move(to);
    }
    return moves;
  }

  /**
   * The cluster has ended the session before its time, for whatever reason: from now on nothing is
   * certain, and it only remains to learn why.
   */
  public void doubt() {
    synchronized (this) {
      doubted = true;
    }
    suspend();
  }

  /** The session is over. Only the first reason counts. */
  public void lose(LossReason why) {
    synchronized (this) {
      if (!isLost()) {
        reason = why;
        move(SessionState.LOST);
      }
    }
    tellLoss();
  }

  /** The caller holds the lock, and lets go of it before anybody is told. */
  private void move(SessionState next) {
    state = next;
    LOG.debug("session {} is {}{}", id, next, reason == null ? "" : ": " + reason);
  }

  private void tell(SessionState next) {
    context.execute(() -> observers.tell(next));
  }

  private void tellLoss() {
    LossReason why;
    synchronized (this) {
      why = reason;
      if (why == null || told) {
        return;
      }
      told = true;
    }
    context.execute(() -> end(why));
  }

  /** Whoever waits for the loss finds that the observers have been told of it. */
  private void end(LossReason why) {
    cancelTimer.run();
    observers.tell(SessionState.LOST);
    observers.clear();
    lost.complete(why);
    List<Runnable> all = List.copyOf(endings);
    endings.clear();
    all.forEach(Runnable::run);
  }

  /** As {@link Session#onState}. */
  public Runnable onState(Consumer<SessionState> observer) {
    return observers.add(observer);
  }

  /** As {@link Session#lost}. Completes in the context. */
  public CompletableFuture<LossReason> lost() {
    return lost.copy();
  }

  /** Fails {@code future} with {@link #failure} when the session is lost, at once if it is. */
  public <T> CompletableFuture<T> endWithSession(CompletableFuture<T> future) {
    return endWithSession(future, this::failure);
  }

  /** The same, with a failure of the caller's. */
  public <T> CompletableFuture<T> endWithSession(
      CompletableFuture<T> future, Supplier<? extends RuntimeException> failure) {
    Runnable end = () -> future.completeExceptionally(failure.get());
    Runnable stop = atEnd(end);
    future.whenComplete((value, failed) -> context.execute(stop));
    return future;
  }

  /**
   * Runs {@code end} when the session is lost, at once if it is.
   *
   * @return forgets it
   */
  public Runnable atEnd(Runnable end) {
    if (isLost()) {
      end.run();
      return () -> {};
    }
    endings.add(end);
    return () -> endings.remove(end);
  }

  /** What to say to those who come too late. */
  public synchronized SessionLostException failure() {
    return new SessionLostException("session " + id + " is over: " + reason);
  }
}
