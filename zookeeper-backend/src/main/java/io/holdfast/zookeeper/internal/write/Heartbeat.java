package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.SessionLife;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.session.ProofOfLife;
import io.holdfast.zookeeper.internal.session.ProvenLife;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Asks the cluster for an answer often enough, for {@link ProofOfLife} and so that the session ends
 * here no later than there.
 *
 * <p>While the session stands in queues, as a holder or a waiter, each beat is a write, unless
 * others have written. At rest it is a read, which the session's own server answers by itself: a
 * client that locks nothing costs the cluster no write. Used in the context only.
 */
public final class Heartbeat {

  /** A proof takes three at most; more if answers are slower than a gap. */
  private static final int MOST_WRITES = 10;

  private final Connection connection;
  private final GuardedWriter writer;
  private final SessionLife life;
  private final ProvenLife provenLife;
  private final Context context;
  private final BooleanSupplier inUse;
  private final Duration interval;

  private long lastRead;
  private boolean reading;

  /**
   * Of one session.
   *
   * @param inUse tells whether the session stands in queues
   */
  public Heartbeat(
      Connection connection,
      GuardedWriter writer,
      SessionLife life,
      ProvenLife provenLife,
      Context context,
      BooleanSupplier inUse,
      Duration timeout) {
    this.connection = connection;
    this.writer = writer;
    this.life = life;
    this.provenLife = provenLife;
    this.context = context;
    this.inUse = inUse;
    this.interval = timeout.dividedBy(ProofOfLife.BEATS);
    this.lastRead = context.nanoTime();
  }

  /** Goes on until the session is lost. */
  public void start() {
    if (life.isLost()) {
      return;
    }
    long now = context.nanoTime();
    long last = writer.lastSent();
    if (!inUse.getAsBoolean() && lastRead - last > 0) {
      last = lastRead;
    }
    long quiet = now - last;
    if (quiet >= Durations.nanos(interval)) {
      beat(now);
      quiet = 0;
    }
    context.schedule(interval.minusNanos(quiet), this::start);
  }

  private void beat(long now) {
    if (inUse.getAsBoolean()) {
      writer.prove();
    } else if (!reading) {
      read(now);
    }
  }

  private void read(long sent) {
    lastRead = sent;
    reading = true;
    connection
        .stat(writer.presence())
        .thenAccept(
            reply -> {
              reading = false;
              if (reply.isOk()) {
                provenLife.answered(sent);
              } else if (reply.isAbsent()) {
                life.doubt();
                writer.prove();
              }
            });
  }

  /**
   * Writes, as often as it takes and no sooner than it helps, until the session is proven to live.
   *
   * @param proven completes with what remains, more than nothing; fails with {@link
   *     UnavailableException}
   */
  public void prove(CompletableFuture<Duration> proven) {
    prove(proven, 1);
  }

  private void prove(CompletableFuture<Duration> proven, int writes) {
    writer
        .prove()
        .thenAccept(
            outcome -> {
              Duration left = provenLife.remaining();
              if (!(outcome instanceof WriteOutcome.Done)) {
                fail(proven, "the connection broke during the proof");
              } else if (!left.isZero()) {
                proven.complete(left);
              } else if (writes == MOST_WRITES) {
                fail(proven, "answers come too slowly to prove that the session lives");
              } else {
                provenLife
                    .refusal()
                    .ifPresentOrElse(
                        why -> fail(proven, why), () -> proveFurther(proven, writes + 1));
              }
            });
  }

  private void proveFurther(CompletableFuture<Duration> proven, int writes) {
    Duration wait = provenLife.untilNextWrite();
    if (wait.isZero()) {
      prove(proven, writes);
    } else {
      context.schedule(
          wait,
          () -> {
            if (!proven.isDone()) {
              prove(proven, writes);
            }
          });
    }
  }

  private static void fail(CompletableFuture<Duration> proven, String why) {
    proven.completeExceptionally(new UnavailableException(why));
  }
}
