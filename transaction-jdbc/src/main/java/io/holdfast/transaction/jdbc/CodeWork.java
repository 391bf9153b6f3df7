package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work by code of the application, statement by statement.
 *
 * <p>It must not end the transaction that was begun for it: what it has committed stays, whatever
 * becomes of the other branches. The connection that it is given does not; and a setting that ends
 * with the transaction tells when it has found another way.
 */
final class CodeWork implements BranchWork {

  private static final Logger LOG = LoggerFactory.getLogger(CodeWork.class);
  private static final String MARK = "SET LOCAL holdfast.branch = 'on'";
  private static final String MARKED = "SELECT current_setting('holdfast.branch', true)";

  /** Of a transaction that was ended where it must not be. */
  private static final String INVALID_TERMINATION = "2D000";

  private final ConnectionWork code;

  CodeWork(ConnectionWork code) {
    this.code = code;
  }

  @Override
  public Optional<String> prepare(
      Connection connection, String gid, Position position, Duration within) throws SQLException {
    work(connection, false, SqlWork.EMPTY, Position.UNKNOWN, within);
    List<String> all = MessageWork.preparation(gid, position);
    try (Statement statement = connection.createStatement()) {
      statement.execute(String.join(";", all));
      Replication.require(connection, statement.getWarnings(), MessageWork.seconds(within));
      if (position == Position.UNKNOWN) {
        return Optional.empty();
      }
      for (int i = 1; i < all.size(); i++) {
        statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        return MessageWork.answer(row);
      }
    }
  }

  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Position position, Duration within)
      throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, MessageWork.timeout(within) + ";" + MARK);
    run(WorkConnection.of(connection));
    requireSameTransaction(connection);
    for (SqlWork.Statement statement : last.statements()) {
      try (PreparedStatement each = connection.prepareStatement(statement.sql())) {
        int parameter = 0;
        for (Object value : statement.parameters()) {
          each.setObject(++parameter, value);
        }
        each.execute();
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(position.number())) {
      return MessageWork.answer(row);
    }
  }

  /** Nothing is prepared or committed yet: whatever the code throws, the branch refuses. */
  private void run(Connection connection) throws SQLException {
    try {
      code.run(connection);
    } catch (SQLException e) {
      throw e.getSQLState() == null ? new WorkFailedException(e) : e;
    } catch (RuntimeException | Error e) {
      throw new WorkFailedException(e);
    }
  }

  private static void requireSameTransaction(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MARKED)) {
      row.next();
      if ("on".equals(row.getString(1))) {
        return;
      }
    }
    String what =
        "the work has ended the transaction that was begun for it: what it did until then stays,"
            + " whatever becomes of the other branches";
    LOG.error("{}; a branch must neither commit nor roll back", what);
    throw new SQLException(what, INVALID_TERMINATION);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
