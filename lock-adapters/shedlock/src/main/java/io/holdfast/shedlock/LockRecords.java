package io.holdfast.shedlock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import net.javacrumbs.shedlock.support.LockException;

/** The {@link LockRecord}s of a namespace. No method blocks. */
final class LockRecords {

  private static final Key DIRECTORY = Key.of("shedlock");
  private static final String RECORD = "record";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Coordinator coordinator;

  LockRecords(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * A record as it was read.
   *
   * @param guard what must still be so when it is replaced
   */
  record Seen(Transaction.Guard guard, Optional<LockRecord> record) {

    boolean isFree() {
      return record.filter(there -> !there.isFree()).isEmpty();
    }

    /** When the hold is over, by the clock of its holder. */
    Instant end() {
      return record.orElseThrow().until();
    }

    /** Where it was written, if it is there. */
    Optional<Revision> modified() {
      return guard instanceof Transaction.Unmodified unmodified
          ? Optional.of(unmodified.modified())
          : Optional.empty();
    }

    boolean isOf(String hold) {
      return record.filter(there -> there.hold().equals(hold)).isPresent();
    }
  }

  Key key(LockName lock) {
    return lock.in(DIRECTORY).child(RECORD);
  }

  /** Reads a record; every change that was acknowledged before is in it. */
  CompletableFuture<Seen> read(Session session, LockName lock) {
    return session
        .list(lock.in(DIRECTORY), Consistency.LINEARIZABLE)
        .thenApply(snapshot -> seen(snapshot.entries(), session, lock));
  }

  private Seen seen(List<Entry> entries, Session session, LockName lock) {
    Key key = key(lock);
    for (Entry entry : entries) {
      if (entry.key().equals(key)) {
        LockRecord record =
            LockRecord.decode(entry.payload())
                .orElseThrow(
                    () ->
                        new LockException(
                            session.nativePath(key)
                                + " is not a lock's record: delete it with the store's own tools"));
        return new Seen(unmodified(key, entry.modified()), Optional.of(record));
      }
    }
    return new Seen(new Transaction.Absent(key), Optional.empty());
  }

  static Transaction.Guard unmodified(Key key, Revision modified) {
    return new Transaction.Unmodified(key, modified);
  }

  /**
   * Replaces a record.
   *
   * @return where; fails as {@link Session#commit}
   */
  CompletableFuture<Revision> replace(
      Session session, LockName lock, Transaction guarded, LockRecord record) {
    return session.commit(guarded.put(key(lock), record.encode())).thenApply(Committed::revision);
  }

  /** Completes once the record is no longer what {@code seen} is; cancelling it ends the watch. */
  CompletableFuture<Void> changed(Session session, LockName lock, Seen seen) {
    CompletableFuture<Void> changed = new CompletableFuture<>();
    Watch watch =
        session.watch(
            lock.in(DIRECTORY),
            snapshot -> {
              try {
                if (!seen(snapshot.entries(), session, lock).equals(seen)) {
                  changed.complete(null);
                }
              } catch (LockException e) {
                changed.completeExceptionally(e);
              }
            });
    changed.whenComplete((none, failure) -> watch.close());
    return changed;
  }

  /**
   * Replaces the record of a hold, if the hold still has the lock. Tries again until the cluster
   * has answered or the coordinator is closed.
   *
   * @param known the record, if it is known where it was written
   * @return the guard of {@code next}, or empty if the record no longer belongs to the hold; fails
   *     with {@link LockException} if the coordinator is closed or the record is not one
   */
  CompletableFuture<Optional<Transaction.Guard>> settle(
      LockName lock, String hold, Optional<Transaction.Guard> known, LockRecord next) {
    CompletableFuture<Optional<Transaction.Guard>> done = new CompletableFuture<>();
    attempt(lock, hold, known, next, FIRST_PAUSE, done);
    return done;
  }

  private void attempt(
      LockName lock,
      String hold,
      Optional<Transaction.Guard> known,
      LockRecord next,
      Duration pause,
      CompletableFuture<Optional<Transaction.Guard>> done) {
    if (coordinator.isClosed()) {
      done.completeExceptionally(new LockException("the coordinator is closed"));
      return;
    }
    coordinator
        .session()
        .thenCompose(
            session ->
                known.isPresent()
                    ? put(session, lock, known.get(), next)
                    : read(session, lock)
                        .thenCompose(
                            seen ->
                                seen.isOf(hold)
                                    ? put(session, lock, seen.guard(), next)
                                    : CompletableFuture.completedFuture(Optional.empty())))
        .whenComplete(
            (put, failure) -> {
              Throwable cause = failure == null ? null : Futures.unwrapped(failure);
              if (cause == null) {
                done.complete(put);
              } else if (cause instanceof LockException) {
                done.completeExceptionally(cause);
              } else if (cause instanceof GuardFailedException) {
                attempt(lock, hold, Optional.empty(), next, pause, done);
              } else {
                Duration longer = pause.multipliedBy(2);
                Duration most = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
                coordinator
                    .context()
                    .schedule(
                        coordinator.context().jittered(pause),
                        () -> attempt(lock, hold, Optional.empty(), next, most, done));
              }
            });
  }

  private CompletableFuture<Optional<Transaction.Guard>> put(
      Session session, LockName lock, Transaction.Guard guard, LockRecord next) {
    return replace(session, lock, Transaction.EMPTY.require(guard), next)
        .thenApply(where -> Optional.of(unmodified(key(lock), where)));
  }
}
