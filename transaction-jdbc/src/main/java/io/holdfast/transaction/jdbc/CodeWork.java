package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Work by code of the application, statement by statement. */
final class CodeWork implements BranchWork {

  private final ConnectionWork code;

  CodeWork(ConnectionWork code) {
    this.code = code;
  }

  @Override
  public void prepare(Connection connection, String gid, Duration within) throws SQLException {
    work(connection, false, SqlWork.EMPTY, within);
    execute(connection, MessageWork.PROBE + ";PREPARE TRANSACTION '" + gid + "'");
  }

  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Duration within) throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, MessageWork.timeout(within));
    code.run(connection);
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
        ResultSet row = statement.executeQuery(MessageWork.NUMBER)) {
      return MessageWork.number(row);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      MessageWork.checkReplicated(statement.getWarnings());
    }
  }
}
