package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of PostgreSQL, of which the server tells later how it has ended.
 *
 * <p>A standby that takes over gives the numbers anew that it has not seen. So where there may be
 * one, it is also noted on which timeline the transaction was, and where in the log after its work:
 * a server that had not replayed the log that far has not committed it, whatever became of that
 * number there.
 *
 * @param number with its epoch
 * @param place where it was; empty if nobody asked
 */
record NumberedTransaction(long number, Optional<Place> place) {

  /** Its {@link #number} only. */
  static final String NUMBER = "SELECT txid_current_if_assigned()";

  /**
   * And its {@link #place}: {@code 731 0/3000148 00000001}. Null as well if nothing was changed.
   */
  static final String NUMBER_AND_PLACE =
      "SELECT CASE WHEN txid_current_if_assigned() IS NOT NULL THEN txid_current()::text || ' '"
          + " || pg_current_wal_insert_lsn()::text || ' '"
          + " || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END";

  private static final String STATUS = "SELECT txid_status(?)";

  /** Null if it is not known how far the server had replayed. Fails on a standby. */
  private static final String SINCE =
      "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),"
          + " pg_last_wal_replay_lsn() >= ?::pg_lsn";

  private static final int TIMELINE_DIGITS = 16;

  /** The server has given no such number yet. */
  private static final String INVALID_PARAMETER_VALUE = "22023";

  /**
   * A place in the log.
   *
   * @param position after the work, and before the commit
   * @param timeline of the server
   */
  record Place(String position, long timeline) {}

  /** Reads what the server has answered to one of the two. */
  static NumberedTransaction parse(String answer) {
    String[] parts = answer.split(" ", -1);
    return new NumberedTransaction(
        Long.parseLong(parts[0]),
        parts.length == 1
            ? Optional.empty()
            : Optional.of(new Place(parts[1], Long.parseLong(parts[2], TIMELINE_DIGITS))));
  }

  /**
   * Asks how it has ended.
   *
   * @return empty if the server cannot know
   * @throws SQLException if it is still under way, or that cannot be found out now
   */
  Optional<Boolean> hasCommitted(Connection connection, int seconds) throws SQLException {
    if (place.isPresent()) {
      try (PreparedStatement ask = connection.prepareStatement(SINCE)) {
        ask.setQueryTimeout(seconds);
        ask.setString(1, place.get().position());
        try (ResultSet row = ask.executeQuery()) {
          row.next();
          long now = Long.parseLong(row.getString(1), TIMELINE_DIGITS);
          Boolean had = row.getObject(2, Boolean.class);
          if (now != place.get().timeline()) {
            return afterFailover(connection, seconds, now, had);
          }
        }
      }
    }
    return known(status(connection, seconds));
  }

  /** Another server has taken the place. */
  private Optional<Boolean> afterFailover(
      Connection connection, int seconds, long now, @Nullable Boolean hadReplayed)
      throws SQLException {
    long then = place.orElseThrow().timeline();
    if (now < then) {
      throw new SQLException("a server that has been succeeded, which knows nothing of it");
    }
    if (now == then + 1 && hadReplayed != null) {
      return hadReplayed ? known(status(connection, seconds)) : Optional.of(false);
    }
    // If it was committed here, its number is its own here and committed, too.
    return perhapsAnothers(connection, seconds);
  }

  private Optional<Boolean> perhapsAnothers(Connection connection, int seconds)
      throws SQLException {
    try {
      String status = status(connection, seconds);
      return status == null || status.equals("committed") ? Optional.empty() : Optional.of(false);
    } catch (SQLException e) {
      if (INVALID_PARAMETER_VALUE.equals(e.getSQLState())) {
        return Optional.of(false);
      }
      throw e;
    }
  }

  private @Nullable String status(Connection connection, int seconds) throws SQLException {
    try (PreparedStatement ask = connection.prepareStatement(STATUS)) {
      ask.setQueryTimeout(seconds);
      ask.setLong(1, number);
      try (ResultSet row = ask.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static Optional<Boolean> known(@Nullable String status) throws SQLException {
    if ("in progress".equals(status)) {
      throw new SQLException("the transaction is still under way");
    }
    return Optional.ofNullable(status).map("committed"::equals);
  }
}
