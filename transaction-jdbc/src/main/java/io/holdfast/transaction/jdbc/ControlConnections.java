package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Durations;
import io.holdfast.transaction.internal.BlockingCalls;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the second phase, which are kept.
 *
 * <p>Whoever needs one while all are in use has a new one opened, on another thread, and gets that
 * or the next that is given back, whichever is there first. So a pool that has none left, because
 * branches have them that wait for the very rows which the second phase is to free, holds up nobody
 * as long as one connection is kept here; and nobody for longer than the time-out. Thread-safe.
 */
final class ControlConnections {

  private final DataSource source;
  private final Duration timeout;
  private final int most;
  private final BlockingCalls openers;

  /** Guarded by this, as is all below. */
  private final Deque<Connection> idle = new ArrayDeque<>();

  private final Deque<CompletableFuture<Connection>> waiting = new ArrayDeque<>();
  private int opening;
  private boolean closed;

  /**
   * None yet.
   *
   * @param most of them that are kept
   * @param timeout for which one is waited for
   */
  ControlConnections(DataSource source, int most, Duration timeout) {
    this.source = source;
    this.most = most;
    this.timeout = timeout;
    this.openers = new BlockingCalls("holdfast-control", most, 1_000);
  }

  /**
   * One for the caller alone, in auto-commit. Blocks.
   *
   * @throws SQLException if none can be opened, or none is there in time
   */
  Connection take() throws SQLException {
    CompletableFuture<Connection> mine = new CompletableFuture<>();
    synchronized (this) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
      waiting.add(mine);
      opening++;
    }
    openers.call(this::open).whenComplete(this::opened);
    try {
      return mine.get(Durations.nanos(timeout), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      return gaveUp(mine, starved(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return gaveUp(mine, new SQLException("interrupted", e));
    }
  }

  private static SQLException failed(@Nullable Throwable cause) {
    return cause instanceof SQLException known ? known : new SQLException("no connection", cause);
  }

  private SQLException starved(TimeoutException e) {
    return new SQLTransientConnectionException(
        "no connection to end branches with in "
            + Durations.millis(timeout)
            + " ms: the data source given as control has none left, or the server does not answer."
            + " A branch may keep its connection while it waits for a row that another has locked,"
            + " so control must not share a pool with work: give it a pool of its own, of "
            + most
            + " connections",
        "08001",
        e);
  }

  /** It may have come at the last moment. */
  private Connection gaveUp(CompletableFuture<Connection> mine, SQLException why)
      throws SQLException {
    synchronized (this) {
      if (waiting.removeIf(each -> each == mine)) {
        throw why;
      }
    }
    try {
      return mine.join();
    } catch (CompletionException e) {
      throw failed(e.getCause());
    }
  }

  private Connection open() throws SQLException {
    Connection connection = source.getConnection();
    connection.setAutoCommit(true);
    return connection;
  }

  private void opened(@Nullable Connection connection, @Nullable Throwable failure) {
    CompletableFuture<Connection> unlucky = null;
    synchronized (this) {
      opening--;
      if (connection == null && waiting.size() > opening) {
        unlucky = waiting.poll();
      }
    }
    if (connection != null) {
      give(connection);
    } else if (unlucky != null) {
      unlucky.completeExceptionally(failure == null ? new SQLException("no connection") : failure);
    }
  }

  /** Takes back one on which nothing has failed. */
  void give(Connection connection) {
    CompletableFuture<Connection> next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null && !closed && idle.size() < most) {
        idle.push(connection);
        return;
      }
    }
    if (next == null) {
      PostgresControl.closeQuietly(connection);
    } else {
      next.complete(connection);
    }
  }

  /** How many wait for one. For tests. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** Closes those that are not in use, and keeps no more. */
  void close() {
    List<Connection> left;
    synchronized (this) {
      closed = true;
      left = new ArrayList<>(idle);
      idle.clear();
    }
    left.forEach(PostgresControl::closeQuietly);
    openers.close();
  }
}
