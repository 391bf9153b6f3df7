package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps up old goodbyes, so that no more of them lie about than were said in the last while,
 * however many instances came and went before. Notes how far it has swept, for views that were cut
 * off for longer.
 *
 * <p>A process with a view sees them anyway, and looks through them now and then, at a time of its
 * own: one of many is first and removes them, and the others find nothing. Where there is no view,
 * a process that registers does it, with a chance of one in {@value #CHANCE}, so that a large fleet
 * that restarts does not read everything once for each process.
 */
public final class GoodbyeSweeper {

  /** Longer than most views are ever cut off, clocks that differ included. */
  static final Duration KEPT = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(GoodbyeSweeper.class);
  private static final int CHANCE = 8;
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final int AT_A_TIME = 50;

  private final Coordinator coordinator;
  private final Clock clock;

  public GoodbyeSweeper(Coordinator coordinator, Clock clock) {
    this.coordinator = coordinator;
    this.clock = clock;
  }

  /** Of a directory that one registers in. */
  public void perhapsSweep(Key directory) {
    Context context = coordinator.context();
    context.execute(
        () -> {
          if (context.random().nextInt(CHANCE) == 0) {
            long pause = context.random().nextLong(Durations.nanos(WITHIN));
            context.schedule(Duration.ofNanos(pause), () -> sweep(directory));
          }
        });
  }

  /**
   * Of a directory that one views, for as long as one does. In the context.
   *
   * @param shown what the view shows now
   * @return stops it
   */
  public Runnable keepSwept(Supplier<Optional<Snapshot>> shown) {
    Rounds rounds = new Rounds(shown);
    rounds.next();
    return () -> rounds.stop.run();
  }

  /** Looks through what a view shows, again and again. Used in the context only. */
  private final class Rounds {
    private final Supplier<Optional<Snapshot>> shown;
    private Runnable stop = () -> {};

    Rounds(Supplier<Optional<Snapshot>> shown) {
      this.shown = shown;
    }

    void next() {
      Context context = coordinator.context();
      long pause = context.random().nextLong(Durations.nanos(KEPT), 2 * Durations.nanos(KEPT));
      stop =
          context.schedule(
              Duration.ofNanos(pause),
              () -> {
                coordinator
                    .current()
                    .ifPresent(session -> shown.get().ifPresent(there -> remove(session, there)));
                next();
              });
    }
  }

  private void sweep(Key directory) {
    coordinator
        .current()
        .ifPresent(
            session ->
                session
                    .list(directory, Consistency.SEQUENTIAL)
                    .thenAccept(there -> remove(session, there)));
  }

  private void remove(Session session, Snapshot there) {
    Instant limit = clock.instant().minus(KEPT);
    List<Entry> old =
        there.entries().stream()
            .filter(entry -> InstanceMarkers.isGoodbye(entry.key()) && isBefore(entry, limit))
            .toList();
    LOG.debug("sweeping up {} goodbyes in {}", old.size(), there.directory());
    if (!old.isEmpty()) {
      remove(session, old, noting(old, there));
    }
  }

  /** Says how far is swept; that never goes back. */
  private static Transaction noting(List<Entry> old, Snapshot there) {
    Key key = InstanceMarkers.swept(there.directory());
    Transaction.Guard asSeen = new Transaction.Absent(key);
    Revision latest = Revision.NONE;
    for (Entry entry : there.entries()) {
      if (entry.key().equals(key)) {
        asSeen = new Transaction.Unmodified(key, entry.modified());
        latest = sweptBefore(entry);
      }
    }
    for (Entry entry : old) {
      latest = Revision.later(latest, entry.modified());
    }
    return Transaction.EMPTY.require(asSeen).put(key, InstanceMarkers.encodeSwept(latest));
  }

  private static Revision sweptBefore(Entry entry) {
    try {
      return InstanceMarkers.decodeSwept(entry.payload());
    } catch (MalformedException e) {
      return Revision.NONE;
    }
  }

  /**
   * A failure leaves the rest to the next time: another may have been first.
   *
   * @param also goes with the first
   */
  private static CompletableFuture<Void> remove(
      Session session, List<Entry> old, Transaction also) {
    if (old.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    int now = Math.min(AT_A_TIME, old.size());
    Transaction transaction = also;
    for (Entry entry : old.subList(0, now)) {
      transaction =
          transaction
              .require(new Transaction.Unmodified(entry.key(), entry.modified()))
              .delete(entry.key());
    }
    return session
        .commit(transaction)
        .thenCompose(done -> remove(session, old.subList(now, old.size()), Transaction.EMPTY));
  }

  private static boolean isBefore(Entry entry, Instant limit) {
    try {
      return InstanceMarkers.decodeGoodbye(entry.payload()).at().isBefore(limit);
    } catch (MalformedException e) {
      return true;
    }
  }
}
