package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Work by code of the application, statement by statement, done when the branch is asked. */
final class CodeWork implements BranchWork {

  private final ConnectionWork code;

  CodeWork(ConnectionWork code) {
    this.code = code;
  }

  @Override
  public Preparation prepare(Connection connection, String gid, Position position, Duration within)
      throws SQLException {
    run(connection, within);
    return BegunWork.INSTANCE.prepare(connection, gid, position, within);
  }

  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Position position, Duration within)
      throws SQLException {
    run(connection, within);
    return BegunWork.INSTANCE.work(connection, readOnly, last, position, within);
  }

  /** Nothing is prepared or committed yet: whatever the code throws, the branch refuses. */
  private void run(Connection connection, Duration within) throws SQLException {
    BegunWork.begin(connection, within);
    try {
      code.run(WorkConnection.of(connection));
    } catch (SQLException e) {
      throw e.getSQLState() == null ? new WorkFailedException(e) : e;
    } catch (RuntimeException | Error e) {
      throw new WorkFailedException(e);
    }
  }
}
