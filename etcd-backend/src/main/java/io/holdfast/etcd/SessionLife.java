package io.holdfast.etcd;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Observers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a session stands: ACTIVE, SUSPENDED (no answer lately), LOST (for good).
 *
 * <pre>
 *   keep-alive sent      reply: TTL                              deadline        lease may end
 *        |------------------|---------------------------------------|--- 1 % ---------|
 *        ^ the lease lasts at least TTL from here, whenever the reply came
 * </pre>
 *
 * <p>The deadline stands at the sending of the latest renewal that was answered, plus the TTL in
 * the answer, less one per cent for clocks of different speed. Whoever looks first after it, a
 * caller, the timer or a late answer, makes the session LOST; no answer can bring it back. A caller
 * is only answered; the others hear of it in the context, by the timer, for a caller that looks at
 * its lock may have locked something on its way here.
 */
final class SessionLife {

  private static final int DRIFT_PARTS = 100;

  private final Context context;
  private final String id;
  private final CompletableFuture<LossReason> lost = new CompletableFuture<>();
  private final Observers<SessionState> observers = new Observers<>();

  /** Guarded by this. */
  private long deadline;

  /** Guarded by this. */
  private boolean suspended;

  /** Guarded by this. */
  private boolean doubted;

  /** Guarded by this. */
  private @Nullable LossReason reason;

  /** Used in the context only. */
  private SessionState told = SessionState.ACTIVE;

  /** Used in the context only. */
  private Runnable cancelTimer = () -> {};

  SessionLife(Context context, String id, long sentAt, Duration ttl) {
    this.context = context;
    this.id = id;
    this.deadline = deadline(sentAt, ttl);
  }

  private static long deadline(long sentAt, Duration ttl) {
    return sentAt + Durations.nanos(ttl) - Durations.nanos(ttl) / DRIFT_PARTS;
  }

  /** Starts the timer. */
  void start() {
    context.execute(this::watchDeadline);
  }

  private void watchDeadline() {
    if (state() == SessionState.LOST) {
      tell();
      return;
    }
    cancelTimer = context.schedule(untilDeadline(), this::watchDeadline);
  }

  SessionState state() {
    synchronized (this) {
      expireIfDue();
      if (reason != null) {
        return SessionState.LOST;
      }
      return suspended ? SessionState.SUSPENDED : SessionState.ACTIVE;
    }
  }

  boolean isLost() {
    return state() == SessionState.LOST;
  }

  Duration remaining() {
    synchronized (this) {
      return reason != null || doubted ? Duration.ZERO : untilDeadline();
    }
  }

  private Duration untilDeadline() {
    synchronized (this) {
      return Duration.ofNanos(Math.max(0, deadline - context.nanoTime()));
    }
  }

  /** Guarded by this. Returns true if this call made the session LOST. */
  private boolean expireIfDue() {
    if (reason == null && context.nanoTime() - deadline >= 0) {
      reason = LossReason.DEADLINE_PASSED;
      return true;
    }
    return false;
  }

  /** Notes an answer to a renewal. In the context. */
  void proven(long sentAt, Duration ttl) {
    synchronized (this) {
      if (!expireIfDue() && reason == null) {
        long proven = deadline(sentAt, ttl);
        deadline = proven - deadline > 0 ? proven : deadline;
        suspended = doubted;
      }
    }
    tell();
  }

  /**
   * Notes that the cluster has ended the session before its time, for whatever reason: from now on
   * nothing is certain, and it only remains to learn why. In the context.
   */
  void doubt() {
    synchronized (this) {
      doubted = true;
      suspended = true;
    }
    tell();
  }

  /** Notes that answers fail to come. In the context. */
  void suspend() {
    synchronized (this) {
      suspended = true;
    }
    tell();
  }

  /** Ends it, unless it has ended already. From any thread. */
  void lose(LossReason why) {
    synchronized (this) {
      if (!expireIfDue() && reason == null) {
        reason = why;
      }
    }
    context.execute(this::tell);
  }

  /** Tells what has changed since it was last told. In the context. */
  private void tell() {
    SessionState now = state();
    if (now == told) {
      return;
    }
    told = now;
    observers.tell(now);
    LossReason why;
    synchronized (this) {
      why = reason;
    }
    if (why != null) {
      cancelTimer.run();
      lost.complete(why);
      observers.clear();
    }
  }

  Runnable onState(Consumer<SessionState> observer) {
    return observers.add(observer);
  }

  /** Completes in the context. */
  CompletionStage<LossReason> lost() {
    return lost.minimalCompletionStage();
  }

  SessionLostException failure() {
    return new SessionLostException("session " + id + " is over");
  }
}
