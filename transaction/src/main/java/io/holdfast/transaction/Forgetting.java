package io.holdfast.transaction;

import io.holdfast.coordination.Context;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Deletes the decisions of an epoch that nobody needs any more, many in one write.
 *
 * <p>The same write puts the {@link LowMark}. It has exceptions, so one that is stuck, because its
 * participant is away, does not make the others pile up; and whoever finds no decision can tell one
 * that was forgotten from one that is still to come. Used in the context only.
 */
final class Forgetting {

  private static final Duration GATHERED_FOR = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Context context;
  private final OpenEpoch epoch;
  private final Set<Long> decided = new LinkedHashSet<>();
  private boolean writing;
  private boolean scheduled;
  private boolean over;

  /** The number that the mark was put at last, and if it lists what was under way then. */
  private long marked;

  private boolean markedActive;

  Forgetting(Context context, OpenEpoch epoch) {
    this.context = context;
    this.epoch = epoch;
  }

  /** A transaction has ended, and there is a decision on it. */
  void add(long sequence) {
    if (over) {
      return;
    }
    decided.add(sequence);
    if (decided.size() >= Decisions.MOST_AT_ONCE) {
      write();
    } else {
      later(GATHERED_FOR);
    }
  }

  /** Puts the mark, if it is behind: what leaves no decision in the cluster does not move it. */
  void mark() {
    if (epoch.last() > marked || markedActive) {
      put(List.of());
    }
  }

  private void later(Duration pause) {
    if (!scheduled) {
      scheduled = true;
      context.schedule(
          pause,
          () -> {
            scheduled = false;
            write();
          });
    }
  }

  private void write() {
    if (decided.isEmpty()) {
      return;
    }
    List<Long> batch = new ArrayList<>();
    decided.stream().limit(Decisions.MOST_AT_ONCE).forEach(batch::add);
    put(batch);
  }

  private void put(List<Long> batch) {
    if (writing || over || !epoch.mayDecide()) {
      return;
    }
    writing = true;
    batch.forEach(decided::remove);
    long last = epoch.last();
    boolean active = !epoch.active().isEmpty();
    Transaction deletion =
        Transaction.EMPTY
            .require(new Transaction.Exists(epoch.epoch().openKey()))
            .put(epoch.epoch().lowKey(), LowMark.of(last, epoch.active()).encode());
    for (long sequence : batch) {
      deletion = deletion.delete(epoch.epoch().decision(sequence));
    }
    epoch
        .session()
        .commit(deletion)
        .whenComplete(
            (done, failure) ->
                context.execute(
                    () -> {
                      if (failure == null) {
                        marked = last;
                        markedActive = active;
                      }
                      written(batch, failure);
                    }));
  }

  private void written(List<Long> batch, Throwable failure) {
    writing = false;
    if (failure == null) {
      if (decided.size() >= Decisions.MOST_AT_ONCE) {
        write();
      } else if (!decided.isEmpty()) {
        later(GATHERED_FOR);
      }
    } else if (Decisions.cause(failure) instanceof GuardFailedException) {
      over = true;
    } else {
      decided.addAll(batch);
      later(AFTER_FAILURE);
    }
  }
}
