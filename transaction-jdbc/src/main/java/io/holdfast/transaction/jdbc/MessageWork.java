package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Durations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/** All statements in one message, with what comes before and after them. */
final class MessageWork implements BranchWork {

  /**
   * Fails outside of a transaction and in one that has failed, where {@code PREPARE TRANSACTION}
   * would roll back, say so in its tag only, and count as a success.
   */
  static final String PROBE = "SAVEPOINT holdfast";

  /** After whatever was done before. */
  static final String POSITION = "SELECT pg_current_wal_insert_lsn()::text";

  private static final int STEPS = 16;

  private final SqlWork work;

  MessageWork(SqlWork work) {
    this.work = work;
  }

  @Override
  public Preparation prepare(Connection connection, String gid, Position position, Duration within)
      throws SQLException {
    connection.setAutoCommit(true);
    return Preparation.at(
        send(
            connection,
            List.of("BEGIN", timeout(within)),
            work.statements(),
            preparation(gid, position),
            Optional.of(within)));
  }

  /** What prepares a transaction, and may end with a question. */
  static List<String> preparation(String gid, Position position) {
    String prepare = "PREPARE TRANSACTION '" + gid + "'";
    return position == Position.ASKED ? List.of(PROBE, prepare, POSITION) : List.of(PROBE, prepare);
  }

  /**
   * With auto-commit on and {@code BEGIN} in the message, which takes the driver and the server
   * less time than when the driver begins by itself.
   */
  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Position position, Duration within)
      throws SQLException {
    connection.setAutoCommit(true);
    List<SqlWork.Statement> all = work.statements();
    if (!last.statements().isEmpty()) {
      all = new ArrayList<>(all);
      all.addAll(last.statements());
    }
    if (!readOnly && position == Position.UNKNOWN && surelyChanges(all)) {
      return send(connection, List.of("BEGIN", numbered(within)), all, List.of(), Optional.empty());
    }
    return send(
        connection,
        List.of(readOnly ? "BEGIN READ ONLY" : "BEGIN", timeout(within)),
        all,
        List.of(PROBE, position.number()),
        Optional.empty());
  }

  /** True if nothing is done but to rows, and something is changed, unless no row is found. */
  private static boolean surelyChanges(List<SqlWork.Statement> all) {
    boolean changes = false;
    for (SqlWork.Statement each : all) {
      SqlWork.Kind kind = each.kind();
      if (kind == SqlWork.Kind.OTHER) {
        return false;
      }
      changes |= kind == SqlWork.Kind.CHANGE;
    }
    return changes;
  }

  /** What a question has found. */
  static Optional<String> answer(ResultSet row) throws SQLException {
    row.next();
    return Optional.ofNullable(row.getString(1));
  }

  /** Whatever waits for a lock, or works, longer than anybody waits for it gives up by itself. */
  static String timeout(Duration within) {
    return "SET LOCAL statement_timeout = " + millis(within);
  }

  /**
   * At least a sixteenth less, so that the database says so before nobody listens any more, and at
   * most an eighth, so that there are few such texts, and the driver knows them.
   */
  private static long millis(Duration within) {
    long millis = Durations.millis(within);
    long less = Math.max(1, millis - millis / STEPS);
    long step = Math.max(1, Long.highestOneBit(less) / STEPS);
    return Math.min(less / step * step, Integer.MAX_VALUE);
  }

  /**
   * {@link #timeout} and a number in one, of a transaction that would get one in any case. What
   * comes after it needs no probe: the message fails with the first statement that does, and none
   * of those ends the transaction.
   */
  private static String numbered(Duration within) {
    return "SELECT txid_current()," + timeoutToo(within);
  }

  /** {@link #timeout} as a column of a question. */
  static String timeoutToo(Duration within) {
    return " set_config('statement_timeout', '" + millis(within) + "', true)";
  }

  /**
   * All in one message.
   *
   * @param replicating how long to wait for standbys if a warning says that nobody did
   * @return the answer to the question that is its first statement or its last
   */
  private static Optional<String> send(
      Connection connection,
      List<String> before,
      List<SqlWork.Statement> work,
      List<String> after,
      Optional<Duration> replicating)
      throws SQLException {
    StringJoiner all = new StringJoiner(";");
    before.forEach(all::add);
    work.forEach(statement -> all.add(statement.sql()));
    after.forEach(all::add);
    Optional<String> answer = Optional.empty();
    try (PreparedStatement message = connection.prepareStatement(all.toString())) {
      int parameter = 0;
      for (SqlWork.Statement statement : work) {
        for (Object value : statement.parameters()) {
          message.setObject(++parameter, value);
        }
      }
      boolean rows = message.execute();
      for (int i = 0; i < before.size(); i++) {
        answer = rows ? answer(message) : answer;
        rows = message.getMoreResults();
      }
      for (SqlWork.Statement statement : work) {
        check(statement, rows ? found(message) : message.getUpdateCount());
        rows = message.getMoreResults();
      }
      for (int i = 0; i < after.size(); i++) {
        answer = rows ? answer(message) : answer;
        rows = message.getMoreResults();
      }
      if (replicating.isPresent()) {
        Replication.require(connection, message.getWarnings(), seconds(replicating.get()));
      }
    }
    return answer;
  }

  private static Optional<String> answer(PreparedStatement message) throws SQLException {
    try (ResultSet row = message.getResultSet()) {
      return answer(row);
    }
  }

  /** The same for a driver, which counts in seconds. */
  static int seconds(Duration within) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, within.toSeconds() + 1));
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
