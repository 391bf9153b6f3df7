package io.holdfast.fence;

import io.holdfast.spi.Durations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A seal that waits for locks for a bounded time only, on one connection. The bound applies to the
 * seal's own statement; after it, the caller's setting is restored.
 */
final class BoundedSeal {

  private static final Logger LOG = LoggerFactory.getLogger(BoundedSeal.class);
  private static final int MILLIS = 1_000;

  /** The statement that may have to wait. */
  interface Seal {
    /**
     * Seals.
     *
     * @param timeout of the statement in seconds, 0 for none; for databases that have no other
     *     bound
     */
    void run(int timeout) throws SQLException;
  }

  private final Connection connection;
  private final SqlDialect dialect;
  private final Blockers blockers;
  private final String resource;
  private final Duration bound;

  BoundedSeal(
      Connection connection,
      SqlDialect dialect,
      Blockers blockers,
      String resource,
      Duration bound) {
    if (bound.isNegative() || bound.isZero()) {
      throw new IllegalArgumentException("the time to wait for a seal must be positive: " + bound);
    }
    this.connection = connection;
    this.dialect = dialect;
    this.blockers = blockers;
    this.resource = resource;
    this.bound = bound;
  }

  private long millis() {
    return Math.max(1, Durations.intMillis(bound));
  }

  private int seconds() {
    return Math.toIntExact((millis() + MILLIS - 1) / MILLIS);
  }

  /** As {@link JdbcFence#seal(Connection, Object, io.holdfast.lock.FencingToken, Duration)}. */
  void run(Seal seal) throws SQLException {
    switch (dialect) {
      case POSTGRESQL -> inPostgres(seal);
      case MYSQL ->
          withSetting(
              "SELECT @@innodb_lock_wait_timeout",
              "SET SESSION innodb_lock_wait_timeout = ",
              seconds(),
              seal);
      case H2 -> withSetting("CALL LOCK_TIMEOUT()", "SET LOCK_TIMEOUT ", millis(), seal);
      default -> attempt(seal, seconds());
    }
  }

  /**
   * The setting is local to the transaction, so no pool keeps it. If the caller has no transaction,
   * the seal runs in one of its own.
   */
  private void inPostgres(Seal seal) throws SQLException {
    if (connection.getAutoCommit()) {
      connection.setAutoCommit(false);
      thenRestore(
          () -> {
            postgresBound(millis() + "ms");
            attempt(seal, 0);
            connection.commit();
          },
          () -> {
            connection.rollback();
            connection.setAutoCommit(true);
          });
      return;
    }
    String before = text("SELECT current_setting('lock_timeout')");
    postgresBound(millis() + "ms");
    thenRestore(() -> attempt(seal, 0), () -> postgresBound(before));
  }

  private void postgresBound(String value) throws SQLException {
    try (PreparedStatement set =
        connection.prepareStatement("SELECT set_config('lock_timeout', ?, true)")) {
      set.setString(1, value);
      set.execute();
    }
  }

  private void withSetting(String get, String set, long value, Seal seal) throws SQLException {
    String before = text(get);
    execute(set + value);
    thenRestore(() -> attempt(seal, 0), () -> execute(set + before));
  }

  private interface Step {
    void run() throws SQLException;
  }

  /** If both fail, throws the first failure. */
  private static void thenRestore(Step step, Step restore) throws SQLException {
    try {
      step.run();
    } catch (SQLException | RuntimeException e) {
      try {
        restore.run();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    restore.run();
  }

  /** On PostgreSQL a failure would end the caller's transaction, so there is a savepoint. */
  private void attempt(Seal seal, int timeout) throws SQLException {
    Savepoint before = savepoint();
    try {
      seal.run(timeout);
    } catch (SQLException e) {
      if (!isTimeout(e)) {
        throw e;
      }
      backTo(before);
      throw new SealTimeoutException(resource, bound, inTheWay(), e);
    }
  }

  private @Nullable Savepoint savepoint() throws SQLException {
    return dialect == SqlDialect.POSTGRESQL ? connection.setSavepoint() : null;
  }

  private void backTo(@Nullable Savepoint before) throws SQLException {
    if (before != null) {
      connection.rollback(before);
    }
  }

  private boolean isTimeout(SQLException e) {
    return switch (dialect) {
      case POSTGRESQL -> "55P03".equals(e.getSQLState());
      case MYSQL -> e.getErrorCode() == 1205;
      case H2 -> e.getErrorCode() == 50200;
      default -> e instanceof SQLTimeoutException;
    };
  }

  /** The names only help: if they cannot be read, the time-out is still reported. */
  private List<String> inTheWay() throws SQLException {
    Savepoint before = savepoint();
    try {
      return blockers.of(connection);
    } catch (SQLException e) {
      LOG.debug("cannot find out who blocks the seal of '{}'", resource, e);
      return List.of();
    } finally {
      backTo(before);
    }
  }

  private String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
