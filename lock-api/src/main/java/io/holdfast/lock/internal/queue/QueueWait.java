package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait in the queues, from the join to the admission or the failure.
 *
 * <ul>
 *   <li>When a place in the way has gone, the queue is read again: its owner may have been a waiter
 *       that gave up, and our own place may have been removed. An outdated read shows too many
 *       places ahead, never too few.
 *   <li>A reader behind an upgradable hold checks that no upgrade was requested there.
 *   <li>A place is admitted only while the session is proven alive. After a pause in which the
 *       session may have expired, an old message is not enough.
 *   <li>If the lock has a crash delay and an earlier holder crashed, the wait lasts until the delay
 *       has passed.
 *   <li>If an operator removed the place, the wait fails with that reason: see {@link
 *       RemovalNotices}.
 * </ul>
 *
 * <p>Lives in the coordinator's context.
 */
public final class QueueWait {

  private static final Logger LOG = LoggerFactory.getLogger(QueueWait.class);

  /**
   * How the wait ends: one of these methods is called once, in the context, unless the wait is
   * given up.
   */
  public interface Ending {

    /** All places are admitted. */
    void admitted(QueuePosition holding);

    /**
     * The places are gone, or were left in order to be taken again; the caller should join again.
     */
    void queueAgain();

    /**
     * The wait cannot go on; with {@link NotFreeException} if it is a {@code tryAcquire} and others
     * are in the way. The places have been left.
     */
    void failed(Throwable cause);
  }

  private final List<LockClaim> claims;
  private final WaitForm form;
  private final Context context;
  private final Coordinator coordinator;
  private final Ending ending;
  private int failures;

  private QueuePosition queuePosition;
  private CompletableFuture<Optional<QueuePosition>> moved = new CompletableFuture<>();
  private boolean over;

  /** Set once it has waited. */
  private @Nullable RemovalNotices removals;

  /**
   * A wait that {@link #begin} starts.
   *
   * @param taken the places, in the order of the claims
   */
  public QueueWait(
      QueuePosition taken,
      List<LockClaim> claims,
      WaitForm form,
      Coordinator coordinator,
      Ending ending) {
    this.queuePosition = taken;
    this.claims = claims;
    this.form = form;
    this.context = taken.session().context();
    this.coordinator = coordinator;
    this.ending = ending;
  }

  public void begin() {
    examine(queuePosition);
  }

  /** Leaves the places. */
  public void giveUp() {
    if (!over) {
      stopWaiting();
      queuePosition.leave();
    }
  }

  private void stopWaiting() {
    over = true;
    moved.cancel(false);
    if (removals != null) {
      removals.forget(queuePosition);
    }
  }

  private void examine(QueuePosition current) {
    queuePosition = current;
    if (!current.inTheWay().isEmpty()) {
      waitFor(current);
    } else if (current.canBeOvertaken()) {
      makeSureOf(current);
    } else {
      admit(current);
    }
  }

  private void waitFor(QueuePosition current) {
    if (form == WaitForm.TRY) {
      fail(new NotFreeException());
      return;
    }
    QueuePosition waiting = current.toWaitWith();
    queuePosition = waiting;
    awaitRemoval(waiting);
    moved = waiting.moved();
    moved.whenComplete(
        unlessOver(
            (found, failure) -> {
              if (failure == null) {
                seen(found);
              } else {
                againOrFail(failure, () -> lookAgain(waiting));
              }
            }));
  }

  private void awaitRemoval(QueuePosition waiting) {
    RemovalNotices notices = RemovalNotices.of(coordinator);
    removals = notices;
    notices.await(waiting, this::removed);
  }

  private void lookAgain(QueuePosition current) {
    current
        .lookAgain()
        .whenComplete(
            unlessOver(
                (found, failure) -> {
                  if (failure == null) {
                    seen(found);
                  } else {
                    againOrFail(failure, () -> lookAgain(current));
                  }
                }));
  }

  private void seen(Optional<QueuePosition> found) {
    if (found.isPresent()) {
      examine(found.get());
    } else {
      placeGone();
    }
  }

  /**
   * Finds out whether an operator removed the place: the session is alive, and a forced release
   * writes its notice in the same step.
   */
  private void placeGone() {
    RemovalNotices.find(queuePosition)
        .whenComplete(
            unlessOver(
                (notice, failure) -> {
                  if (failure != null) {
                    againOrQueueAgain(failure);
                  } else if (notice.isPresent()) {
                    removed(notice.get());
                  } else {
                    end(true, ending::queueAgain);
                  }
                }));
  }

  private void againOrQueueAgain(Throwable failure) {
    if (Acquisition.unwrap(failure) instanceof UnavailableException) {
      later(this::placeGone);
    } else {
      if (!(Acquisition.unwrap(failure) instanceof SessionLostException)) {
        LOG.warn("our place in a queue is gone, and it is not known who removed it", failure);
      }
      end(true, ending::queueAgain);
    }
  }

  private void removed(RemovalNotices.Notice notice) {
    if (!over) {
      stopWaiting();
      String locks =
          claims.stream()
              .map(claim -> claim.name().toString())
              .distinct()
              .collect(Collectors.joining(" and "));
      RuntimeException failure = notice.failure(locks);
      LOG.warn("{}", failure.getMessage());
      end(true, () -> ending.failed(failure));
    }
  }

  /**
   * If an upgrade has overtaken this place, the place must move behind the upgrade, so as not to
   * block it.
   */
  private void makeSureOf(QueuePosition current) {
    current
        .isOvertaken()
        .whenComplete(
            unlessOver(
                (overtaken, failure) -> {
                  if (failure != null) {
                    againOrFail(failure, () -> makeSureOf(current));
                  } else if (!overtaken) {
                    admit(current);
                  } else if (form == WaitForm.TRY) {
                    fail(new NotFreeException());
                  } else {
                    placeGone();
                  }
                }));
  }

  private void admit(QueuePosition first) {
    if (first.session().remaining().isZero()) {
      proveThenAdmit(first);
    } else if (claims.stream().anyMatch(LockClaim::delaysAfterCrash) && first.marks().isEmpty()) {
      outliveCrashes(first);
    } else {
      end(false, () -> ending.admitted(first));
    }
  }

  /** Proves the session alive, which fails if it is lost, and then admits. */
  private void proveThenAdmit(QueuePosition first) {
    first
        .session()
        .prove()
        .whenComplete(
            unlessOver(
                (left, failure) -> {
                  if (failure != null) {
                    againOrFail(failure, () -> admit(first));
                  } else if (left.isZero()) {
                    later(() -> admit(first));
                  } else {
                    admit(first);
                  }
                }));
  }

  /** Waits for the crash delay to pass, if a holder crashed. */
  private void outliveCrashes(QueuePosition first) {
    CrashMarkers marks = new CrashMarkers(first, claims);
    marks
        .remains()
        .whenComplete(
            unlessOver(
                (remains, failure) -> {
                  if (failure != null) {
                    againOrFail(failure, () -> admit(first));
                  } else if (remains.marks().isEmpty()) {
                    mark(first, marks, remains);
                  } else {
                    keptOut(first, marks, remains);
                  }
                }));
  }

  private void keptOut(QueuePosition first, CrashMarkers marks, CrashMarkers.Remains remains) {
    if (form == WaitForm.TRY) {
      fail(new NotFreeException());
    } else {
      LOG.warn(
          "left by holders that crashed: {}; waiting {}",
          remains.marks(),
          Durations.text(remains.delay()));
      awaitRemoval(first);
      context.schedule(
          remains.delay(),
          () -> {
            if (!over) {
              mark(first, marks, remains);
            }
          });
    }
  }

  private void mark(QueuePosition first, CrashMarkers marks, CrashMarkers.Remains remains) {
    QueuePosition marked = first.withMarks(marks.marks());
    queuePosition = marked;
    marks
        .put(remains)
        .whenComplete(
            unlessOver(
                (done, failure) -> {
                  Throwable cause = failure == null ? null : Acquisition.unwrap(failure);
                  if (cause == null) {
                    admit(marked);
                  } else if (cause instanceof SessionLostException
                      || cause instanceof StoreFullException) {
                    fail(cause);
                  } else if (cause instanceof GuardFailedException) {
                    lookAgain(first);
                  } else {
                    later(() -> mark(first, marks, remains));
                  }
                }));
  }

  private void againOrFail(Throwable failure, Runnable step) {
    if (Acquisition.unwrap(failure) instanceof UnavailableException) {
      later(step);
    } else {
      fail(failure);
    }
  }

  private void fail(Throwable failure) {
    end(true, () -> ending.failed(Acquisition.unwrap(failure)));
  }

  private void end(boolean leaving, Runnable told) {
    stopWaiting();
    if (leaving) {
      queuePosition.leave();
    }
    told.run();
  }

  private void later(Runnable next) {
    context.schedule(
        Backoff.pause(failures++, context.random()),
        () -> {
          if (!over) {
            next.run();
          }
        });
  }

  /** Futures of a session complete in the context: there is no need to go there. */
  private <T> BiConsumer<T, Throwable> unlessOver(BiConsumer<T, Throwable> step) {
    return (value, failure) -> {
      if (!over) {
        try {
          step.accept(value, failure);
        } catch (RuntimeException e) {
          if (over) {
            throw e;
          }
          fail(e);
        }
      }
    };
  }
}
