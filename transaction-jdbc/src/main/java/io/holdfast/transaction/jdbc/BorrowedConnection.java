package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the application's pool, which gets it back outside of any transaction and with
 * auto-commit as it was: not every pool sees to that, and whoever gets it next relies on it.
 */
final class BorrowedConnection implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  private final Connection connection;
  private final boolean autoCommit;
  private boolean ended;

  private BorrowedConnection(Connection connection, boolean autoCommit) {
    this.connection = connection;
    this.autoCommit = autoCommit;
  }

  /** Takes one. Blocks as long as the pool lets it. */
  static BorrowedConnection from(DataSource source) throws SQLException {
    Connection connection = source.getConnection();
    try {
      return new BorrowedConnection(connection, connection.getAutoCommit());
    } catch (SQLException e) {
      PostgresControl.closeQuietly(connection);
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  /** The transaction is committed or prepared: there is nothing to roll back. */
  void ended() {
    ended = true;
  }

  /** Rolls back what has not ended. Idempotent. */
  void rollBack() {
    if (ended) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
      ended = true;
    } catch (SQLException e) {
      LOG.debug("a connection could not be rolled back", e);
    }
  }

  /** Gives it back. */
  @Override
  public void close() {
    rollBack();
    try {
      // To turn it on commits what is left, if that could not be rolled back.
      if (ended && connection.getAutoCommit() != autoCommit) {
        connection.setAutoCommit(autoCommit);
      }
    } catch (SQLException gone) {
      LOG.debug("auto-commit is not restored: the connection is gone", gone);
    }
    PostgresControl.closeQuietly(connection);
  }
}
