package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.LedgerException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prunes old answers in the shards that this process owns, see {@link Pruning}: round and round,
 * one page of the requests after the other, in the order of their keys.
 *
 * <p>So it needs no index of its own, which every request would pay for. It costs one short query
 * at a time, two a second at most when there is nothing to prune; a round over ten million requests
 * takes some hours. Where it was is not kept: the next owner begins anew, at a shard of its own.
 */
final class AnswerPruner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerPruner.class);

  /** So few that requests which share their batch hardly wait. */
  private static final int PAGE = 200;

  private static final long PAUSE_MILLIS = 500;

  /** While there is more to prune. */
  private static final long BUSY_PAUSE_MILLIS = 50;

  private static final OperationKey FIRST = new OperationKey(0, "", "", "");

  private final Duration kept;
  private final Supplier<Set<Integer>> owned;
  private final IntFunction<LedgerDatabase> databaseOf;
  private final InstantSource clock;

  /** Where it is; used by the thread only. */
  private int shard = -1;

  private OperationKey last = FIRST;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "ledger-prune");
            made.setDaemon(true);
            return made;
          });

  AnswerPruner(
      Duration kept,
      Supplier<Set<Integer>> owned,
      IntFunction<LedgerDatabase> databaseOf,
      InstantSource clock) {
    this.kept = kept;
    this.owned = owned;
    this.databaseOf = databaseOf;
    this.clock = clock;
    thread.schedule(this::step, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void step() {
    boolean pruned = false;
    try {
      pruned = page();
    } catch (CompletionException | LedgerException | RejectedExecutionException e) {
      LOG.debug("answers of shard {} could not be pruned now", shard, e);
      last = FIRST;
    } catch (RuntimeException e) {
      LOG.error("answers could not be pruned by a fault of this program", e);
      last = FIRST;
    } finally {
      if (!thread.isShutdown()) {
        thread.schedule(
            this::step, pruned ? BUSY_PAUSE_MILLIS : PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** True if something was pruned. */
  private boolean page() {
    Set<Integer> mine = owned.get();
    if (last.equals(FIRST) || !mine.contains(shard)) {
      if (mine.isEmpty()) {
        return false;
      }
      TreeSet<Integer> ordered = new TreeSet<>(mine);
      Integer next = ordered.higher(shard);
      shard = next == null ? ordered.first() : next;
      last = FIRST;
    }
    Instant before = clock.instant().minus(kept);
    LedgerDatabase database = databaseOf.apply(shard);
    List<OperationKey> old = new ArrayList<>();
    int[] read = new int[1];
    OperationKey from = last;
    int here = shard;
    last = FIRST;
    database.run(
        connection -> {
          new Message(connection)
              .query(
                  row -> {
                    read[0]++;
                    last =
                        new OperationKey(
                            here, row.getString(1), row.getString(2), row.getString(3));
                    if (row.getBoolean(4)) {
                      old.add(last);
                    }
                  },
                  "SELECT caller, scope, key, answer IS NOT NULL AND at < ?::timestamptz"
                      + " FROM operation WHERE shard = ? AND (caller, scope, key) > (?, ?, ?)"
                      + " ORDER BY caller, scope, key LIMIT ?",
                  before.toString(),
                  here,
                  from.caller(),
                  from.scope(),
                  from.key(),
                  PAGE)
              .run();
          return true;
        });
    if (read[0] < PAGE) {
      last = FIRST;
    }
    return !old.isEmpty() && database.lane().add(new Pruning(here, old, before)).join() > 0;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
