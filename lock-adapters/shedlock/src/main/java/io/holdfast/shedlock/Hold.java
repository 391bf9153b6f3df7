package io.holdfast.shedlock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import net.javacrumbs.shedlock.core.AbstractSimpleLock;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;

/**
 * One hold: {@code HELD} until it is unlocked, its longest time has passed, or it is extended,
 * which makes it {@code EXTENDING} for a moment and then gives the rest to the next hold. {@code
 * ENDED} is terminal. Whoever moves it out of {@code HELD} writes its record.
 *
 * <pre>
 *   lock()      unlock()   at least      at most
 *   |--- HELD ---|== kept ==|                       unlocked early
 *   |--- HELD ------------------| unlock()          free at once
 *   |--- HELD -----------------------------|        free, though nobody has unlocked
 * </pre>
 */
final class Hold extends AbstractSimpleLock {

  private enum Phase {
    HELD,
    EXTENDING,
    ENDED
  }

  private final HoldfastLockProvider provider;
  private final LockName lock;
  private final LockRecord record;
  private final Revision written;
  private final Deadlines deadlines;

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.HELD);

  /** Stops the timer of the longest time; the latest one. */
  private volatile Runnable stopTimer = () -> {};

  /**
   * When a hold ends, by the coordinator's monotonic clock.
   *
   * @param least it is kept so long, unlocked or not
   * @param most it is not kept longer
   */
  record Deadlines(long least, long most) {

    /** Counted from before the request is made, so that no hold outlasts its longest time. */
    static Deadlines from(long nanoTime, Duration atLeast, Duration atMost) {
      return new Deadlines(nanoTime + Durations.nanos(atLeast), nanoTime + Durations.nanos(atMost));
    }

    static Duration left(long deadline, long now) {
      return Duration.ofNanos(Math.max(0, deadline - now));
    }
  }

  /**
   * A hold that the cluster knows.
   *
   * @param written where its record was written
   */
  Hold(
      HoldfastLockProvider provider,
      LockConfiguration configuration,
      LockRecord record,
      Revision written,
      Deadlines deadlines) {
    super(configuration);
    this.provider = provider;
    this.lock = new LockName(configuration.getName());
    this.record = record;
    this.written = written;
    this.deadlines = deadlines;
  }

  /** Has it end when its longest time has passed. */
  Hold timed() {
    stopTimer = coordinator().context().schedule(left(deadlines.most()), this::timeIsOver);
    return this;
  }

  private Coordinator coordinator() {
    return provider.coordinator();
  }

  private Duration left(long deadline) {
    return Deadlines.left(deadline, coordinator().context().nanoTime());
  }

  private void timeIsOver() {
    if (phase.compareAndSet(Phase.HELD, Phase.ENDED)) {
      free(Optional.of(guard()));
    }
  }

  Transaction.Guard guard() {
    return LockRecords.unmodified(provider.records().key(lock), written);
  }

  LockRecord record() {
    return record;
  }

  private CompletableFuture<?> free(Optional<Transaction.Guard> known) {
    return settle(known, record.released(provider.now()));
  }

  private CompletableFuture<Optional<Transaction.Guard>> settle(
      Optional<Transaction.Guard> known, LockRecord next) {
    return provider.records().settle(lock, record.hold(), known, next);
  }

  /**
   * Ends the hold, or what is left of it when its longest time has not passed. Blocks until the
   * cluster knows, for the provider's patience at most.
   *
   * @throws LockException if the cluster does not answer; the release is tried on, and without it
   *     the lock is free after its longest time
   */
  @Override
  protected void doUnlock() {
    if (!phase.compareAndSet(Phase.HELD, Phase.ENDED)) {
      return;
    }
    stopTimer.run();
    Duration kept = left(deadlines.least());
    if (kept.isZero()) {
      provider.unlock(lock, free(Optional.of(guard())));
      return;
    }
    CompletableFuture<Optional<Transaction.Guard>> shortened =
        settle(Optional.of(guard()), record.until(lockConfiguration.getLockAtLeastUntil()));
    coordinator()
        .context()
        .schedule(
            kept,
            () ->
                free(
                    shortened.isCompletedExceptionally()
                        ? Optional.empty()
                        : shortened.getNow(Optional.empty())));
    provider.unlock(lock, shortened);
  }

  /**
   * Gives the lock new times, counted from now.
   *
   * @return empty if the hold is over
   * @throws LockException if the cluster does not answer; the hold then goes on as it was
   */
  @Override
  protected Optional<SimpleLock> doExtend(LockConfiguration longer) {
    if (left(deadlines.most()).isZero() || !phase.compareAndSet(Phase.HELD, Phase.EXTENDING)) {
      return Optional.empty();
    }
    stopTimer.run();
    boolean settled = false;
    try {
      Optional<Hold> next = provider.extend(this, longer);
      phase.set(Phase.ENDED);
      settled = true;
      return next.map(Hold::timed);
    } finally {
      if (!settled) {
        phase.set(Phase.HELD);
        timed();
      }
    }
  }
}
