package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.fence.StaleTokenException;
import io.holdfast.transaction.Vote;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes a ledger. What comes while a local commit is under way shares the
 * next, so the more there is to do, the less each of it costs; and no two commits of a ledger wait
 * for each other's rows.
 */
final class EscrowLane implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EscrowLane.class);

  /** What the lane works on. */
  interface Ledger {
    /** A connection without auto-commit. */
    Connection connect() throws SQLException;

    /**
     * The first of a local transaction.
     *
     * @throws StaleTokenException if another process owns the ledger, or none does
     */
    void check(Connection connection) throws SQLException;

    EscrowBatch batch(Connection connection);
  }

  private final Ledger ledger;
  private final int most;
  private final LinkedBlockingQueue<EscrowRequest<?>> waiting;
  private final Thread thread;
  private volatile boolean closed;

  /** Used by the thread only; kept as long as nothing fails. */
  private @Nullable Connection connection;

  EscrowLane(String name, Ledger ledger, EscrowOptions options) {
    this.ledger = ledger;
    this.most = options.batch();
    this.waiting = new LinkedBlockingQueue<>(options.waiting());
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Has it done with others. */
  <T> CompletableFuture<T> add(EscrowRequest<T> claim) {
    if (closed || !waiting.offer(claim)) {
      claim.done().completeExceptionally(new IllegalStateException("closed, or too much to do"));
    } else if (closed) {
      failLeft();
    }
    return claim.done();
  }

  private void run() {
    List<EscrowRequest<?>> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, most - 1);
        work(batch);
        batch.clear();
      }
    } catch (InterruptedException closing) {
      LOG.debug("a ledger's thread ends");
    } finally {
      closed = true;
      failLeft();
      disconnect();
    }
  }

  /** All together. If that fails, and nothing of it was done, each by itself. */
  private void work(List<EscrowRequest<?>> batch) {
    Failure failure = commit(batch);
    if (failure == null) {
      return;
    }
    if (failure.maybeDone || batch.size() == 1 || failure.cause instanceof StaleTokenException) {
      batch.forEach(each -> fail(each, failure));
      return;
    }
    for (EscrowRequest<?> each : batch) {
      Failure own = commit(List.of(each));
      if (own != null) {
        fail(each, own);
      }
    }
  }

  /**
   * Why it did not work.
   *
   * @param maybeDone if it may have been committed all the same
   */
  private record Failure(Exception cause, boolean maybeDone) {}

  private @Nullable Failure commit(List<EscrowRequest<?>> batch) {
    boolean committing = false;
    try {
      Connection now = connection == null ? ledger.connect() : connection;
      connection = now;
      ledger.check(now);
      Map<EscrowRequest.Postings, Vote> votes = ledger.batch(now).run(batch);
      committing = true;
      now.commit();
      for (EscrowRequest<?> claim : batch) {
        if (claim instanceof EscrowRequest.Settlement settlement) {
          settlement.done().complete(null);
        }
      }
      votes.forEach((claim, vote) -> claim.done().complete(vote));
      return null;
    } catch (SQLException | RuntimeException e) {
      rollBack();
      return new Failure(e, committing);
    }
  }

  /** Nothing of it was done, as long as {@link Failure#maybeDone} does not say otherwise. */
  private static void fail(EscrowRequest<?> claim, Failure failure) {
    if (claim instanceof EscrowRequest.Postings postings && !failure.maybeDone) {
      postings.done().complete(Vote.Refused.because(failure.cause));
    } else {
      claim.done().completeExceptionally(failure.cause);
    }
  }

  private void rollBack() {
    Connection there = connection;
    if (there != null) {
      try {
        there.rollback();
        if (there.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        LOG.debug("a connection could not be rolled back", e);
      }
      disconnect();
    }
  }

  private void disconnect() {
    Connection there = connection;
    connection = null;
    if (there != null) {
      try {
        there.close();
      } catch (SQLException e) {
        LOG.debug("a connection is closed already", e);
      }
    }
  }

  private void failLeft() {
    for (EscrowRequest<?> left = waiting.poll(); left != null; left = waiting.poll()) {
      left.done().completeExceptionally(new IllegalStateException("the ledger is closed"));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
