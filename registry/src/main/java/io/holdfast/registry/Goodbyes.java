package io.holdfast.registry;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.InstanceJson.MalformedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps up old goodbyes. Whoever registers does it for its service with a chance of one in {@value
 * #CHANCE}, some time later: so what lies about stays in proportion to the registrations of the
 * last while, and a large fleet that restarts does not read everything once for each process.
 */
final class Goodbyes {

  /** Much longer than any view needs to hear of it, clocks that differ included. */
  static final Duration KEPT = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(Goodbyes.class);
  private static final int CHANCE = 8;
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final int AT_A_TIME = 50;

  private final Coordinator coordinator;
  private final Clock clock;

  Goodbyes(Coordinator coordinator, Clock clock) {
    this.coordinator = coordinator;
    this.clock = clock;
  }

  void perhapsSweep(Key directory) {
    Context context = coordinator.context();
    context.execute(
        () -> {
          if (context.random().nextInt(CHANCE) == 0) {
            long pause = context.random().nextLong(WITHIN.toNanos());
            context.schedule(Duration.ofNanos(pause), () -> sweep(directory));
          }
        });
  }

  /** Removes what is old enough. A failure leaves it to the next. */
  CompletableFuture<Void> sweep(Key directory) {
    return coordinator
        .current()
        .map(
            session ->
                session
                    .list(directory, Consistency.SEQUENTIAL)
                    .thenCompose(there -> remove(session, there)))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<Void> remove(Session session, Snapshot there) {
    Instant limit = clock.instant().minus(KEPT);
    List<Entry> old =
        there.entries().stream()
            .filter(entry -> Marks.isGoodbye(entry.key()) && isBefore(entry, limit))
            .limit(AT_A_TIME)
            .toList();
    if (old.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Transaction transaction = Transaction.EMPTY;
    for (Entry entry : old) {
      transaction =
          transaction
              .require(new Transaction.Unmodified(entry.key(), entry.modified()))
              .delete(entry.key());
    }
    LOG.debug("sweeping up {} goodbyes in {}", old.size(), there.directory());
    return session.commit(transaction).thenAccept(done -> {});
  }

  private static boolean isBefore(Entry entry, Instant limit) {
    try {
      return Marks.decodeGoodbye(entry.payload()).at().isBefore(limit);
    } catch (MalformedException e) {
      return true;
    }
  }
}
