package io.holdfast.zookeeper.internal.session;

import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.SessionLife;
import java.time.Duration;
import java.util.Optional;

/**
 * What the answers of the cluster say about the life of a session: until when it is lost unless a
 * further one comes, and until when it is proven.
 *
 * <p>It is {@link SessionState#SUSPENDED} since the connection broke, until a write is acknowledged
 * on the next one. It is lost by the clock once the time-out has passed since the last acknowledged
 * write, or the last answered read of a session at rest, was sent.
 *
 * <p>{@link #remaining} is for any thread, the rest is used in the context only.
 */
public final class ProvenLife {

  private final Context context;
  private final SessionLife life;
  private final long timeout;

  /** Guarded by this. */
  private final ProofOfLife proof;

  private boolean connected = true;

  /** A session that came to be at {@code opened} or later. */
  public ProvenLife(Context context, SessionLife life, Duration timeout, long opened) {
    this.context = context;
    this.life = life;
    this.timeout = Durations.nanos(timeout);
    this.proof = new ProofOfLife(timeout, opened);
  }

  /** As {@link io.holdfast.spi.Session#remaining}. */
  public Duration remaining() {
    if (life.untilDeadline().isZero()) {
      return Duration.ZERO;
    }
    synchronized (this) {
      return Duration.ofNanos(Math.max(0, proof.until() - context.nanoTime()));
    }
  }

  /** As {@link ProofOfLife#untilNextWrite}. */
  public synchronized Duration untilNextWrite() {
    return proof.untilNextWrite(context.nanoTime());
  }

  /** As {@link ProofOfLife#refusal}. */
  public synchronized Optional<String> refusal() {
    return proof.refusal();
  }

  /** As {@link ProofOfLife#tickIs}. */
  public synchronized void tickIs(Optional<Duration> tick) {
    proof.tickIs(tick);
  }

  /** The connection broke. */
  public void disconnected() {
    connected = false;
    synchronized (this) {
      proof.disconnected();
    }
    life.suspend();
  }

  /** The session is connected again; whether it is well, the next write tells. */
  public void reconnected() {
    connected = true;
    synchronized (this) {
      proof.reconnected();
    }
  }

  /**
   * A read sent at {@code sent} by a session at rest was answered: its server, at least, still
   * serves it.
   */
  public void answered(long sent) {
    if (life.extend(sent + timeout)) {
      synchronized (this) {
        proof.answered(sent, context.nanoTime());
      }
    }
  }

  /** A write sent at {@code sent} was acknowledged. */
  public void acknowledged(long sent) {
    if (life.extend(sent + timeout)) {
      synchronized (this) {
        proof.acknowledged(sent, context.nanoTime());
      }
      if (connected) {
        life.resume();
      }
    }
  }
}
