package io.holdfast.transaction.internal;

import io.holdfast.coordination.LossReason;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Work that one process at a time does: the holder of a lock, and after it the next.
 *
 * <pre>
 *   WAITING -- granted --> SEALING -- sealed --> WORKING
 *      ^                      |                     |
 *      +-- lost, or refused --+---------------------+
 * </pre>
 *
 * <p>Sealing shuts out what earlier holders still write, before the work begins to read. State is
 * used in the context only, and the work is called there; the other methods may be called from
 * anywhere.
 */
public final class ExclusiveTask {

  private static final Logger LOG = LoggerFactory.getLogger(ExclusiveTask.class);
  private static final String LOCK = "waits for its lock again";
  private static final String BEGIN = "cannot begin";
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** After so many failures in a row somebody else may have more luck. */
  public static final int MOST_FAILURES = 10;

  /** What is done while the lock is held. Called in the context. */
  public interface Work {

    /** Shuts out every smaller token. */
    CompletionStage<Void> seal(FencingToken token);

    /** The lock is held and the seal stands. */
    void begin(LockGrant grant);

    /**
     * The lock is lost, or {@link ExclusiveTask#retire} or {@link ExclusiveTask#close} was called.
     */
    void end();
  }

  private final String name;
  private final Context context;
  private final Supplier<CompletableFuture<LockGrant>> lock;
  private final Work work;
  private final RepeatedFailureLog repeatedFailureLog;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable CompletableFuture<LockGrant> waiting;
  private @Nullable LockGrant held;
  private int failures;
  private boolean working;
  private boolean closed;

  /**
   * Does nothing before {@link #start}.
   *
   * @param name for the log
   * @param lock waits its turn, without a thread
   */
  public ExclusiveTask(
      String name, Context context, Supplier<CompletableFuture<LockGrant>> lock, Work work) {
    this.name = name;
    this.context = context;
    this.lock = lock;
    this.work = work;
    this.repeatedFailureLog = new RepeatedFailureLog(LOG, name, context);
  }

  /** What the work fails with goes there, and that it is well again. */
  public RepeatedFailureLog repeatedFailureLog() {
    return repeatedFailureLog;
  }

  /** Begins to wait for the lock. */
  public void start() {
    context.execute(this::await);
  }

  private void await() {
    if (closed || held != null || waiting != null) {
      return;
    }
    CompletableFuture<LockGrant> turn = Failures.guarded(lock);
    waiting = turn;
    turn.whenComplete((grant, failure) -> context.execute(() -> granted(turn, grant, failure)));
  }

  private void granted(
      CompletableFuture<LockGrant> turn, @Nullable LockGrant grant, @Nullable Throwable failure) {
    waiting = waiting == turn ? null : waiting;
    if (grant == null) {
      if (!closed) {
        repeatedFailureLog.failed(LOCK, failure);
        awaitLater();
      }
      return;
    }
    if (closed) {
      grant.release();
      return;
    }
    held = grant;
    failures = 0;
    repeatedFailureLog.well(LOCK);
    grant.lost().whenComplete((reason, none) -> context.execute(() -> lost(grant, reason)));
    seal(grant);
  }

  private void awaitLater() {
    context.schedule(context.jittered(PAUSE), this::await);
  }

  private void seal(LockGrant grant) {
    if (held != grant) {
      return;
    }
    Failures.guarded(() -> work.seal(grant.token()))
        .whenComplete((done, failure) -> context.execute(() -> sealed(grant, failure)));
  }

  private void sealed(LockGrant grant, @Nullable Throwable failure) {
    if (held != grant) {
      return;
    }
    if (failure == null) {
      repeatedFailureLog.well(BEGIN);
      LOG.atLevel(repeatedFailureLog.isThere() ? Level.DEBUG : Level.INFO)
          .log("{} begins under token {}", name, grant.token());
      working = true;
      work.begin(grant);
    } else if (isStale(failure) || ++failures >= MOST_FAILURES) {
      repeatedFailureLog.failed(BEGIN, failure);
      retire(grant);
    } else {
      repeatedFailureLog.failed(BEGIN, failure);
      context.schedule(context.jittered(PAUSE), () -> seal(grant));
    }
  }

  /** With its coordinator closed there is no lock to come. */
  private void lost(LockGrant grant, @Nullable LossReason reason) {
    if (held != grant) {
      return;
    }
    endTerm();
    if (reason == LossReason.CLOSED) {
      LOG.info("{} ends: the coordinator of its lock was closed", name);
      closed = true;
      ended.complete(null);
    } else {
      LOG.warn("{} has lost its lock; another may go on with it", name);
      await();
    }
  }

  /** True if a fence has refused the holder. */
  public static boolean isStale(Throwable failure) {
    return (failure instanceof CompletionException ? failure.getCause() : failure)
        instanceof StaleTokenException;
  }

  /**
   * A later holder has been seen, or the work fails again and again and had better be another's:
   * gives the lock back, and queues for it again. In the context.
   */
  public void retire(LockGrant grant) {
    if (held == grant) {
      LOG.atLevel(repeatedFailureLog.isThere() ? Level.DEBUG : Level.WARN)
          .log("{} gives its lock back: it was succeeded, or fails all the time", name);
      endTerm();
      grant.release();
      awaitLater();
    }
  }

  private void endTerm() {
    held = null;
    if (working) {
      working = false;
      work.end();
    }
  }

  /**
   * Stops, and gives the lock back. Idempotent.
   *
   * @return completes when the work has been told and the lock is given back
   */
  public CompletableFuture<Void> close() {
    context.execute(
        () -> {
          closed = true;
          LockGrant mine = held;
          endTerm();
          if (waiting != null) {
            waiting.cancel(false);
          }
          CompletableFuture<Void> back =
              mine == null ? CompletableFuture.completedFuture(null) : mine.release();
          back.whenComplete((done, failure) -> ended.complete(null));
        });
    return ended;
  }
}
