package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Whether what was done is where synchronous replication wants it.
 *
 * <p>Whoever cancels a wait for a synchronous standby, a time-out too, gets a success and a
 * warning: what was prepared or committed is here and perhaps not there. The warning's text is in
 * the language of the server, and its state is that of any other warning, which the application's
 * own functions may raise; so whoever gets one waits once more, by committing something of no
 * meaning.
 */
final class Replication {

  /** Of a statement of which it is not known what it has done. */
  private static final String OUTCOME_UNKNOWN = "40003";

  private static final String WARNING = "01000";
  private static final String SERVER_GOES_DOWN = "57P01";

  private Replication() {}

  /** True if one of the warnings may be of that kind. */
  static boolean isInDoubt(@Nullable SQLWarning first) {
    for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
      String state = String.valueOf(each.getSQLState());
      if (state.equals(WARNING) || state.equals(SERVER_GOES_DOWN)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Waits for the standbys if a warning makes that necessary.
   *
   * @param connection outside of a transaction
   * @throws SQLException with a state that says nothing about the outcome, if it is not certain
   *     that all is replicated
   */
  static void require(Connection connection, @Nullable SQLWarning first, int seconds)
      throws SQLException {
    if (!isInDoubt(first)) {
      return;
    }
    try {
      connection.setAutoCommit(true);
      require(connection, seconds);
    } catch (SQLException e) {
      throw new SQLException(String.valueOf(e.getMessage()), OUTCOME_UNKNOWN, e);
    }
  }

  /**
   * Waits until all that was committed or prepared before is where synchronous replication wants
   * it, by committing something more.
   *
   * @param connection in auto-commit
   * @throws SQLException if that is not certain after {@code seconds}
   */
  static void require(Connection connection, int seconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
      statement.execute("SELECT pg_logical_emit_message(true, 'holdfast', '')");
      if (statement.getWarnings() != null) {
        throw new SQLException("not replicated yet", statement.getWarnings());
      }
    }
  }
}
