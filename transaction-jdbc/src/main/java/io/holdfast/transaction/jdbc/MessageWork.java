package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Durations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** All statements in one message, with what comes before and after them. */
final class MessageWork implements BranchWork {

  /**
   * Fails outside of a transaction and in one that has failed, where {@code PREPARE TRANSACTION}
   * would roll back, say so in its tag only, and count as a success.
   */
  static final String PROBE = "SAVEPOINT holdfast";

  /** Fails in a transaction that has failed, which {@code COMMIT} would roll back and succeed. */
  static final String NUMBER = "SELECT txid_current_if_assigned()";

  /** Of a statement of which it is not known what it has done. */
  private static final String OUTCOME_UNKNOWN = "40003";

  private static final int STEPS = 16;

  private final SqlWork work;

  MessageWork(SqlWork work) {
    this.work = work;
  }

  @Override
  public void prepare(Connection connection, String gid, Duration within) throws SQLException {
    send(
        connection,
        work,
        List.of("BEGIN", timeout(within)),
        List.of(PROBE, "PREPARE TRANSACTION '" + gid + "'"));
  }

  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Duration within) throws SQLException {
    List<SqlWork.Statement> all = new ArrayList<>(work.statements());
    all.addAll(last.statements());
    return send(
        connection,
        new SqlWork(all, readOnly),
        List.of(readOnly ? "BEGIN READ ONLY" : "BEGIN", timeout(within)),
        List.of(PROBE, NUMBER));
  }

  /** What {@link #NUMBER} has found. */
  static Optional<String> number(ResultSet row) throws SQLException {
    row.next();
    return Optional.ofNullable(row.getString(1));
  }

  /**
   * Whatever waits for a lock, or works, longer than anybody waits for it gives up by itself; at
   * most a sixteenth later, so that there are few such texts, and the driver knows them.
   */
  static String timeout(Duration within) {
    long millis = Math.max(1, Durations.millis(within));
    long step = Math.max(1, Long.highestOneBit(millis) / STEPS);
    long rounded = (millis + step - 1) / step * step;
    return "SET LOCAL statement_timeout = " + Math.min(rounded, Integer.MAX_VALUE);
  }

  /** What {@link #NUMBER} has found, if that is the last. */
  private static Optional<String> send(
      Connection connection, SqlWork work, List<String> before, List<String> after)
      throws SQLException {
    connection.setAutoCommit(true);
    List<String> all = new ArrayList<>(before);
    work.statements().forEach(statement -> all.add(statement.sql()));
    all.addAll(after);
    try (PreparedStatement message = connection.prepareStatement(String.join(";", all))) {
      int parameter = 0;
      for (SqlWork.Statement statement : work.statements()) {
        for (Object value : statement.parameters()) {
          message.setObject(++parameter, value);
        }
      }
      boolean rows = message.execute();
      for (int i = 0; i < before.size(); i++) {
        rows = message.getMoreResults();
      }
      for (SqlWork.Statement statement : work.statements()) {
        check(statement, rows ? found(message) : message.getUpdateCount());
        rows = message.getMoreResults();
      }
      checkReplicated(message.getWarnings());
      if (!after.get(after.size() - 1).equals(NUMBER)) {
        return Optional.empty();
      }
      for (int i = 1; i < after.size(); i++) {
        message.getMoreResults();
      }
      try (ResultSet row = message.getResultSet()) {
        return number(row);
      }
    }
  }

  /**
   * Whoever cancels a wait for a synchronous standby, a time-out too, gets a success and a warning:
   * what was prepared is here and perhaps not there.
   */
  static void checkReplicated(@Nullable SQLWarning first) throws SQLException {
    for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
      String text = String.valueOf(each.getMessage());
      if (text.contains("synchronous replication")) {
        throw new SQLException(text, OUTCOME_UNKNOWN);
      }
    }
  }

  static int found(PreparedStatement message) throws SQLException {
    int rows = 0;
    try (ResultSet result = message.getResultSet()) {
      while (result.next()) {
        rows++;
      }
    }
    return rows;
  }

  static void check(SqlWork.Statement statement, int rows) throws RefusedException {
    OptionalInt expected = statement.rows();
    if (expected.isPresent() && expected.getAsInt() != rows) {
      throw new RefusedException(
          rows + " rows instead of " + expected.getAsInt() + ": " + statement.sql());
    }
  }
}
