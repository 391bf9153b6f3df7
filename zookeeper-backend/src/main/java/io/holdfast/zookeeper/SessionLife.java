package io.holdfast.zookeeper;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Observers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the session stands, and who waits for it.
 *
 * <p>States: ACTIVE; SUSPENDED since the connection broke, until a write is acknowledged on the
 * next one; LOST for good. They change in {@link #move} only. LOST comes from outside, or by the
 * clock once the time-out has passed since the last acknowledged write, or the last answered read
 * of a session at rest, was sent: in the context by a timer, and in any thread that asks before the
 * timer ran.
 *
 * <p>Who asks is only answered. Others are told by the timer then: a thread that looks at its lock
 * may have locked something on its way here, and what observers do with theirs is not ours to know.
 */
final class SessionLife {

  private static final Logger LOG = LoggerFactory.getLogger(SessionLife.class);

  private final String id;
  private final Duration timeout;
  private final Context context;
  private final CompletableFuture<LossReason> lost = new CompletableFuture<>();

  /** Guarded by this, as are the six below. */
  private final ProofOfLife proof;

  private SessionState state = SessionState.ACTIVE;
  private long deadline;
  private @Nullable LossReason reason;
  private boolean connected = true;

  private boolean doubted;

  /** Of the loss. */
  private boolean told;

  private final Observers<SessionState> observers = new Observers<>();

  /** Used in the context only. */
  private final Set<Runnable> pending = new LinkedHashSet<>();

  /** A session whose presence node was written by a request sent at {@code written}. */
  SessionLife(String id, Duration timeout, Context context, long opened, long written) {
    this.id = id;
    this.timeout = timeout;
    this.context = context;
    this.proof = new ProofOfLife(timeout, opened);
    this.deadline = written + Durations.nanos(timeout);
  }

  /** Starts the timer. */
  void start() {
    context.schedule(timeUntilDeadline(), this::checkDeadline);
  }

  private synchronized Duration timeUntilDeadline() {
    return Duration.ofNanos(Math.max(0, deadline - context.nanoTime()));
  }

  private void checkDeadline() {
    if (isLost()) {
      tellLoss();
    } else {
      start();
    }
  }

  synchronized SessionState state() {
    if (state != SessionState.LOST && deadline - context.nanoTime() <= 0) {
      reason = LossReason.DEADLINE_PASSED;
      move(SessionState.LOST);
    }
    return state;
  }

  boolean isLost() {
    return state() == SessionState.LOST;
  }

  synchronized Duration remaining() {
    if (state() == SessionState.LOST || doubted) {
      return Duration.ZERO;
    }
    return Duration.ofNanos(Math.max(0, proof.until() - context.nanoTime()));
  }

  CompletableFuture<LossReason> lost() {
    return lost.copy();
  }

  /** Completes in the context, before anybody outside is told. */
  CompletableFuture<LossReason> ending() {
    return lost;
  }

  Runnable onState(Consumer<SessionState> observer) {
    Runnable[] stop = {() -> {}};
    context.execute(() -> stop[0] = observers.add(observer));
    return () -> context.execute(() -> stop[0].run());
  }

  /** As {@link ProofOfLife#untilNextWrite}. */
  synchronized Duration untilNextWrite() {
    return proof.untilNextWrite(context.nanoTime());
  }

  /** As {@link ProofOfLife#refusal}. */
  synchronized Optional<String> refusal() {
    return proof.refusal();
  }

  /** As {@link ProofOfLife#tickIs}. In the context. */
  synchronized void tickIs(Optional<Duration> tick) {
    proof.tickIs(tick);
  }

  // Transitions.

  /** The connection broke. In the context. */
  void disconnected() {
    boolean suspended;
    synchronized (this) {
      connected = false;
      proof.disconnected();
      suspended = state == SessionState.ACTIVE;
      if (suspended) {
        move(SessionState.SUSPENDED);
      }
    }
    if (suspended) {
      tell(SessionState.SUSPENDED);
    }
  }

  /** The session is connected again; whether it is well, the next write tells. In the context. */
  synchronized void reconnected() {
    connected = true;
    proof.reconnected();
  }

  /**
   * A read sent at {@code sent} by a session at rest was answered: its server, at least, still
   * serves it. In the context.
   */
  synchronized void answered(long sent) {
    if (state() != SessionState.LOST) {
      proof.answered(sent, context.nanoTime());
      extend(sent);
    }
  }

  private synchronized void extend(long sent) {
    long later = sent + Durations.nanos(timeout);
    if (later - deadline > 0) {
      deadline = later;
    }
  }

  /** A write sent at {@code sent} was acknowledged. In the context. */
  void acknowledged(long sent) {
    boolean active;
    synchronized (this) {
      if (state() == SessionState.LOST) {
        return;
      }
      proof.acknowledged(sent, context.nanoTime());
      extend(sent);
      active = state == SessionState.SUSPENDED && connected && !doubted;
      if (active) {
        move(SessionState.ACTIVE);
      }
    }
    if (active) {
      tell(SessionState.ACTIVE);
    }
  }

  /**
   * The cluster has ended the session before its time, for whatever reason: from now on nothing is
   * certain, and it only remains to learn why. In the context.
   */
  void doubt() {
    boolean suspended;
    synchronized (this) {
      doubted = true;
      suspended = state == SessionState.ACTIVE;
      if (suspended) {
        move(SessionState.SUSPENDED);
      }
    }
    if (suspended) {
      tell(SessionState.SUSPENDED);
    }
  }

  /** The session is over. Only the first reason counts. */
  void lose(LossReason why) {
    synchronized (this) {
      if (state != SessionState.LOST) {
        reason = why;
        move(SessionState.LOST);
      }
    }
    tellLoss();
  }

  /**
   * The caller holds the lock, and lets go of it before anybody is told. Whom it concerns the
   * coordinator tells the log.
   */
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
    tell(SessionState.LOST);
    context.execute(() -> end(why));
  }

  private void end(LossReason why) {
    lost.complete(why);
    List<Runnable> left = List.copyOf(pending);
    pending.clear();
    left.forEach(Runnable::run);
  }

  // Those who wait.

  /** Fails {@code future} when the session is lost, at once if it is. In the context. */
  <T> CompletableFuture<T> endWithSession(CompletableFuture<T> future) {
    return endWithSession(future, this::over);
  }

  /** The same, with a failure of the caller's. */
  <T> CompletableFuture<T> endWithSession(
      CompletableFuture<T> future, Supplier<RuntimeException> failure) {
    if (isLost()) {
      future.completeExceptionally(failure.get());
    } else if (!future.isDone()) {
      Runnable end = () -> future.completeExceptionally(failure.get());
      pending.add(end);
      future.whenComplete((value, failed) -> context.execute(() -> pending.remove(end)));
    }
    return future;
  }

  /** What to say to those who come too late. */
  synchronized SessionLostException over() {
    return new SessionLostException("session " + id + " is over: " + reason);
  }
}
