package io.holdfast.transaction;

import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Deletes the decisions to commit at a participant that nobody needs any more, many at a time.
 * Decisions to abort stay as long as their epoch, for the request that they keep out may be under
 * way: a database does what it was sent, whether anybody waits for it or not. What cannot be
 * deleted for long is left for when the epoch is forgotten. Used in the context only.
 */
final class ParticipantPruner {

  private static final Duration GATHERED_FOR = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final int MOST_AT_ONCE = 256;
  private static final int MOST_WAITING = 100_000;

  private final Context context;
  private final DecidingParticipant participant;
  private final Set<TransactionId> waiting = new LinkedHashSet<>();
  private boolean scheduled;

  ParticipantPruner(Context context, DecidingParticipant participant) {
    this.context = context;
    this.participant = participant;
  }

  /** A transaction has committed in every branch. */
  void add(TransactionId id) {
    if (waiting.size() < MOST_WAITING) {
      waiting.add(id);
      later(GATHERED_FOR);
    }
  }

  private void later(Duration pause) {
    if (!scheduled && !waiting.isEmpty()) {
      scheduled = true;
      context.schedule(pause, this::delete);
    }
  }

  private void delete() {
    List<TransactionId> batch = new ArrayList<>();
    waiting.stream().limit(MOST_AT_ONCE).forEach(batch::add);
    batch.forEach(waiting::remove);
    ForeignCalls.of(() -> participant.forget(batch))
        .whenComplete(
            (done, failure) ->
                context.execute(
                    () -> {
                      scheduled = false;
                      if (failure != null) {
                        waiting.addAll(batch);
                      }
                      later(failure == null ? GATHERED_FOR : AFTER_FAILURE);
                    }));
  }
}
