package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and lists prepared transactions, over connections that it keeps. Thread-safe; blocks. */
final class PostgresControl {

  static final int MOST_CONNECTIONS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresControl.class);

  /** No prepared transaction has this name: it has ended, or there never was one. */
  private static final String UNDEFINED_OBJECT = "42704";

  private static final String LIST =
      "SELECT pg_is_in_recovery(), gid FROM (VALUES (1)) one LEFT JOIN pg_prepared_xacts"
          + " ON database = current_database() AND starts_with(gid, ?)";

  /** The last: settings of servers that end prepared work by themselves. */
  private static final String EXAMINE =
      "SELECT current_setting('max_prepared_transactions')::int,"
          + " current_setting('synchronous_commit'), current_setting('fsync'),"
          + " current_setting('server_version_num')::int,"
          + " (SELECT min(name) FROM pg_settings WHERE name ~ 'prepared.*timeout'"
          + " AND setting NOT IN ('0', '-1'))";

  private static final int OLDEST_VERSION = 120_000;

  private final DataSource source;
  private final int seconds;

  /** Guarded by itself. */
  private final Deque<Connection> idle = new ArrayDeque<>();

  private volatile boolean closed;

  PostgresControl(DataSource source, Duration timeout) {
    this.source = source;
    this.seconds = (int) Math.max(1, Math.min(timeout.toSeconds(), Integer.MAX_VALUE));
  }

  /** A pooler may give the next message to another session, so nothing is set in this one. */
  private <S extends Statement> S timed(S statement) throws SQLException {
    statement.setQueryTimeout(seconds);
    return statement;
  }

  /** What is done with a connection. */
  interface Use<T> {
    T with(Connection connection) throws SQLException;
  }

  void examine(int branchesAtATime) throws SQLException {
    use(
        connection -> {
          try (Statement statement = timed(connection.createStatement());
              ResultSet row = statement.executeQuery(EXAMINE)) {
            row.next();
            check(row, branchesAtATime);
            return true;
          }
        });
  }

  private static void check(ResultSet row, int branchesAtATime) throws SQLException {
    int most = row.getInt(1);
    if (most < branchesAtATime) {
      throw new IllegalStateException(
          "max_prepared_transactions is "
              + most
              + ", and up to "
              + branchesAtATime
              + " branches are prepared at a time by this process alone: set it to what all"
              + " processes need together, and as much again for what waits to be settled");
    }
    if (row.getInt(4) < OLDEST_VERSION) {
      throw new IllegalStateException("PostgreSQL 12 or later is needed, not " + row.getInt(4));
    }
    String timeout = row.getString(5);
    if (timeout != null) {
      throw new IllegalStateException(
          "the server ends prepared transactions by itself (" + timeout + "): switch that off");
    }
    if (row.getString(2).equals("off")) {
      LOG.warn("synchronous_commit is off: what one branch commits alone may be lost in a crash");
    }
    if (row.getString(3).equals("off")) {
      LOG.warn("fsync is off: a crash of the machine may lose everything, also what is prepared");
    }
  }

  /**
   * Ends branches, whichever of them are there. First all in one message. If that fails each by
   * itself: the message tells of the first failure only, and not what was done before it.
   *
   * @param how {@code COMMIT PREPARED} or {@code ROLLBACK PREPARED}
   * @throws SQLException if it is not certain that all of them have ended
   */
  void end(String how, List<BranchId> branches) throws SQLException {
    if (branches.size() > 1 && endTogether(how, branches)) {
      return;
    }
    SQLException last = null;
    for (BranchId branch : branches) {
      try {
        endOne(how, branch);
      } catch (SQLException e) {
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private boolean endTogether(String how, List<BranchId> branches) {
    try {
      return use(
          connection -> {
            try (Statement batch = timed(connection.createStatement())) {
              for (BranchId branch : branches) {
                batch.addBatch(how + " '" + branch + "'");
              }
              batch.executeBatch();
              return true;
            }
          });
    } catch (SQLException e) {
      return false;
    }
  }

  private void endOne(String how, BranchId branch) throws SQLException {
    use(
        connection -> {
          try (Statement statement = timed(connection.createStatement())) {
            statement.execute(how + " '" + branch + "'");
            return true;
          } catch (SQLException e) {
            if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
              return false;
            }
            throw e;
          }
        });
  }

  /** The branches of a domain in this database; {@code pg_prepared_xacts} shows all databases'. */
  List<BranchId> prepared(String domain) throws SQLException {
    return use(
        connection -> {
          List<BranchId> found = new ArrayList<>();
          try (PreparedStatement list = timed(connection.prepareStatement(LIST))) {
            list.setString(1, "hf:" + domain + ":");
            try (ResultSet rows = list.executeQuery()) {
              while (rows.next()) {
                if (rows.getBoolean(1)) {
                  throw new SQLException("a standby, which may be behind and ends nothing");
                }
                String gid = rows.getString(2);
                if (gid != null) {
                  BranchId.parse(gid).ifPresent(found::add);
                }
              }
            }
          }
          return found;
        });
  }

  /**
   * How a transaction of the past has ended.
   *
   * @param transaction its number, with its epoch
   * @return empty if the server does not know any more; fails if it is still under way
   */
  Optional<Boolean> hasCommitted(String transaction) throws SQLException {
    return use(
        connection -> {
          try (PreparedStatement ask =
              timed(connection.prepareStatement("SELECT txid_status(?)"))) {
            ask.setLong(1, Long.parseLong(transaction));
            try (ResultSet row = ask.executeQuery()) {
              row.next();
              String status = row.getString(1);
              if ("in progress".equals(status)) {
                throw new SQLException("the transaction is still under way");
              }
              return status == null ? Optional.empty() : Optional.of(status.equals("committed"));
            }
          }
        });
  }

  /** Whatever fails, its connection is not used again. */
  <T> T use(Use<T> use) throws SQLException {
    Connection connection = take();
    boolean good = false;
    try {
      T result = use.with(connection);
      good = true;
      return result;
    } finally {
      if (good && !closed) {
        synchronized (idle) {
          idle.push(connection);
        }
      } else {
        closeQuietly(connection);
      }
    }
  }

  private Connection take() throws SQLException {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    Connection connection = source.getConnection();
    connection.setAutoCommit(true);
    return connection;
  }

  void close() {
    closed = true;
    synchronized (idle) {
      idle.forEach(PostgresControl::closeQuietly);
      idle.clear();
    }
  }

  static void closeQuietly(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException gone) {
        LOG.debug("a connection is closed already", gone);
      }
    }
  }
}
