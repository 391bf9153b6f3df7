package io.holdfast.shedlock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockName;
import io.holdfast.shedlock.LockRecords.Seen;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.support.LockException;

/**
 * One call that takes or extends a lock. Blocks for the provider's patience at most, all in all.
 */
final class Attempt {

  private final HoldfastLockProvider provider;
  private final Coordinator coordinator;
  private final LockRecords records;
  private final LockConfiguration configuration;
  private final LockName lock;
  private final long end;

  Attempt(HoldfastLockProvider provider, LockConfiguration configuration) {
    this.provider = provider;
    this.coordinator = provider.coordinator();
    this.records = provider.records();
    this.configuration = configuration;
    this.lock = new LockName(configuration.getName());
    this.end = nanoTime() + Durations.nanos(provider.patience());
  }

  LockName lock() {
    return lock;
  }

  private long nanoTime() {
    return coordinator.context().nanoTime();
  }

  private Duration left() {
    return Hold.Deadlines.left(end, nanoTime());
  }

  private <T> T get(CompletableFuture<T> future) {
    return HoldfastLockProvider.await(future, left(), "lock " + lock);
  }

  /** Takes the lock if nobody has it. */
  Optional<Hold> take() {
    while (true) {
      Session session = get(coordinator.session());
      Seen seen = get(records.read(session, lock));
      if (!seen.isFree() && provider.now().isBefore(seen.end())) {
        return Optional.empty();
      }
      Optional<Hold> hold = take(session, seen);
      if (hold.isPresent() || !(seen.isFree() || changes(session, seen))) {
        return hold;
      }
    }
  }

  /** A holder whose session is there ends its hold itself, even if it is over by our clock. */
  private Optional<Hold> take(Session session, Seen seen) {
    Transaction guarded = Transaction.EMPTY.require(seen.guard());
    if (!seen.isFree()) {
      guarded = guarded.require(new Transaction.Absent(seen.record().orElseThrow().presence()));
    }
    String hold = UUID.randomUUID().toString();
    return write(session, guarded, hold, true);
  }

  /** True once the record is another one; false if it stays the same too long. */
  private boolean changes(Session session, Seen seen) {
    CompletableFuture<Void> changed = records.changed(session, lock, seen);
    Duration most = left().compareTo(provider.grace()) < 0 ? left() : provider.grace();
    try {
      changed.get(Durations.nanos(most), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new LockException("could not lock " + lock, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LockException("interrupted, could not lock " + lock, e);
    } finally {
      changed.cancel(false);
    }
  }

  /** Gives the hold the times of this attempt; empty if its record is no longer there. */
  Optional<Hold> extend(Hold hold) {
    Transaction.Guard guard = hold.guard();
    while (true) {
      Session session = get(coordinator.session());
      Transaction guarded = Transaction.EMPTY.require(guard);
      Optional<Hold> extended = write(session, guarded, hold.record().hold(), false);
      if (extended.isPresent()) {
        return extended;
      }
      Seen seen = get(records.read(session, lock));
      if (!seen.isOf(hold.record().hold())) {
        return Optional.empty();
      }
      guard = seen.guard();
    }
  }

  /**
   * Writes the record.
   *
   * @param fresh whether the hold begins with it: then no hold is left behind when this fails
   * @return empty if a condition did not hold
   */
  private Optional<Hold> write(Session session, Transaction guarded, String hold, boolean fresh) {
    Instant now = provider.now();
    Hold.Deadlines deadlines =
        Hold.Deadlines.from(
            nanoTime(),
            Duration.between(now, configuration.getLockAtLeastUntil()),
            Duration.between(now, configuration.getLockAtMostUntil()));
    LockRecord record =
        new LockRecord(
            coordinator.options().owner().since(now),
            hold,
            session.id(),
            configuration.getLockAtMostUntil());
    CompletableFuture<Revision> put = records.replace(session, lock, guarded, record);
    boolean known = false;
    try {
      Optional<Revision> written = written(session, put, record);
      known = true;
      return written.map(where -> new Hold(provider, configuration, record, where, deadlines));
    } finally {
      if (!known && fresh) {
        put.whenComplete(
            (where, failure) ->
                records.settle(lock, hold, Optional.empty(), record.released(provider.now())));
      }
    }
  }

  /** Where it was written, if it was. */
  private Optional<Revision> written(
      Session session, CompletableFuture<Revision> put, LockRecord record) {
    try {
      return Optional.of(get(put));
    } catch (GuardFailedException e) {
      return Optional.empty();
    } catch (IndeterminateException e) {
      Seen seen = get(records.read(session, lock));
      return seen.isOf(record.hold()) && seen.end().equals(record.until())
          ? seen.modified()
          : Optional.empty();
    }
  }
}
