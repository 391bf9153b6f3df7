package io.holdfast.transaction;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Deletes the decisions of an epoch that nobody needs any more, many in one write.
 *
 * <p>The same write puts the {@link LowWaterMark}. It has exceptions, so one that is stuck, because
 * its participant is away, does not make the others pile up; and a process that finds no decision
 * can distinguish a forgotten one from one that may still come. Used in the context only.
 */
final class DecisionPruner {

  private static final Duration GATHERED_FOR = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Context context;
  private final OpenEpoch epoch;
  private final Set<Long> decided = new TreeSet<>();
  private boolean writing;
  private boolean scheduled;
  private boolean over;

  /** The number that the mark was put at last, and if it lists what was under way then. */
  private long marked;

  private boolean markedActive;

  /** The greatest number that a mark was sent with, whatever became of it. */
  private long highest;

  DecisionPruner(Context context, OpenEpoch epoch) {
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
    put(decided.stream().limit(Decisions.MOST_AT_ONCE).toList());
  }

  /**
   * What the mark cannot speak of waits, since too much is under way before it. And the mark never
   * goes back: what was deleted under it would then seem never to have been decided.
   */
  private void put(List<Long> among) {
    if (writing || over || !epoch.mayDecide()) {
      return;
    }
    long last = epoch.last();
    boolean active = !epoch.active().isEmpty();
    LowWaterMark mark = LowWaterMark.of(last, epoch.active());
    List<Long> batch = among.stream().filter(mark::hasEnded).toList();
    if (mark.last() < highest || (batch.isEmpty() && !among.isEmpty())) {
      later(AFTER_FAILURE);
      return;
    }
    writing = true;
    highest = mark.last();
    batch.forEach(decided::remove);
    Transaction deletion =
        Transaction.EMPTY
            .require(new Transaction.Exists(epoch.epoch().openKey()))
            .put(epoch.epoch().lowKey(), mark.encode());
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
