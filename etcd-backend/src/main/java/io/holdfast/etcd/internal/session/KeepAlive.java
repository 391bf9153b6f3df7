package io.holdfast.etcd.internal.session;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a session's lease, one request after the other, all in the context.
 *
 * <p>A renewal goes out every sixth of the TTL and counts as missed when it has no answer after
 * another sixth; then the next follows at once, to the next server. Two in a row missed: the
 * session is suspended. A late answer still proves what it proves.
 *
 * <pre>
 *   renewal sent            reply: TTL                              deadline        lease may end
 *        |------------------|---------------------------------------|--- 1 % ---------|
 *        ^ the lease lasts at least TTL from here, whenever the reply came
 * </pre>
 *
 * <p>So the session is proven, and lasts here, until the sending of the latest renewal that was
 * answered, plus the TTL in the answer, less one per cent for clocks of different speed.
 */
public final class KeepAlive {

  private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
  private static final int PARTS = 6;
  private static final int PATIENCE_PARTS = 3;
  private static final int RETRY_PARTS = 30;
  private static final int MISSES_TO_SUSPEND = 2;
  private static final int DRIFT_PARTS = 100;

  private final SessionContext scope;
  private final long lease;
  private int misses;
  private Runnable cancelNext = () -> {};

  public KeepAlive(SessionContext scope, long lease) {
    this.scope = scope;
    this.lease = lease;
  }

  /** When a session ends whose lease was granted or renewed by a request sent at {@code sentAt}. */
  public static long deadline(long sentAt, Duration ttl) {
    return sentAt + Durations.nanos(ttl) - Durations.nanos(ttl) / DRIFT_PARTS;
  }

  /**
   * The first renewal comes at any time, so that sessions opened together do not renew together.
   */
  public void start() {
    Duration first = scope.context().spread(scope.ttl().dividedBy(PARTS));
    cancelNext = scope.context().schedule(first, this::beat);
  }

  public void stop() {
    cancelNext.run();
  }

  /** One round: a renewal, and what follows from it. */
  private void beat() {
    if (scope.life().isLost()) {
      return;
    }
    Round round = new Round();
    cancelNext = scope.context().schedule(scope.ttl().dividedBy(PARTS), round::missed);
    renew().whenComplete((done, failure) -> round.ended(failure));
  }

  /**
   * Renews once.
   *
   * @return completes in the context; fails with {@link UnavailableException} or {@link
   *     io.holdfast.coordination.SessionLostException}
   */
  public CompletableFuture<Void> renew() {
    CompletableFuture<Void> renewed = new CompletableFuture<>();
    long sentAt = scope.context().nanoTime();
    scope
        .connection()
        .keepAliveOnce(lease, patience())
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                if (scope.life().extend(deadline(sentAt, Duration.ofSeconds(answer.getTTL())))) {
                  scope.life().resume();
                }
              } else if (Failures.isLeaseNotFound(failure)) {
                scope.life().lose(LossReason.EXPIRED);
              }
              if (scope.life().isLost()) {
                renewed.completeExceptionally(scope.life().failure());
              } else if (failure == null) {
                renewed.complete(null);
              } else {
                renewed.completeExceptionally(
                    new UnavailableException(
                        "no renewal from etcd: " + failure.getMessage(), failure));
              }
            });
    return renewed;
  }

  /** How long an answer may take to be of use. */
  private Duration patience() {
    Duration most = scope.ttl().dividedBy(PATIENCE_PARTS);
    return most.compareTo(scope.requestTimeout()) < 0 ? most : scope.requestTimeout();
  }

  /** Ends at the answer or when it is overdue, whichever is first. */
  private final class Round {

    private boolean over;

    void missed() {
      if (end()) {
        miss(Duration.ZERO, "no answer in time");
      }
    }

    void ended(@Nullable Throwable failure) {
      if (failure == null) {
        misses = 0;
      }
      if (!end()) {
        return;
      }
      cancelNext.run();
      if (failure == null) {
        cancelNext = scope.context().schedule(scope.ttl().dividedBy(PARTS), KeepAlive.this::beat);
      } else {
        miss(scope.ttl().dividedBy(RETRY_PARTS), String.valueOf(failure.getMessage()));
      }
    }

    private boolean end() {
      boolean first = !over;
      over = true;
      return first;
    }

    private void miss(Duration pause, String why) {
      misses++;
      if (misses == MISSES_TO_SUSPEND) {
        LOG.debug("lease {} gets no renewal: {}", Long.toHexString(lease), why);
        scope.life().suspend();
      }
      cancelNext = scope.after(pause, KeepAlive.this::beat);
    }
  }
}
