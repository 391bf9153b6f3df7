package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a participant depends on in a server.
 *
 * @param version such as 160004
 * @param mostPrepared {@code max_prepared_transactions}
 * @param timeout a setting by which the server ends prepared work by itself, if there is one
 * @param synchronousCommit {@code synchronous_commit}
 * @param fsync whether {@code fsync} is on
 * @param synchronousStandbys {@code synchronous_standby_names}
 * @param standbys how many are streaming
 */
record PostgresSettings(
    int version,
    int mostPrepared,
    Optional<String> timeout,
    String synchronousCommit,
    boolean fsync,
    String synchronousStandbys,
    int standbys) {

  private static final int OLDEST_VERSION = 120_000;

  private static final String QUERY =
      "SELECT current_setting('server_version_num')::int,"
          + " current_setting('max_prepared_transactions')::int,"
          + " (SELECT min(name) FROM pg_settings WHERE name ~ 'prepared.*timeout'"
          + " AND setting NOT IN ('0', '-1')),"
          + " current_setting('synchronous_commit'), current_setting('fsync'),"
          + " current_setting('synchronous_standby_names'),"
          + " (SELECT count(*) FROM pg_stat_replication)::int";

  static PostgresSettings read(Connection connection, int seconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
      try (ResultSet row = statement.executeQuery(QUERY)) {
        row.next();
        return new PostgresSettings(
            row.getInt(1),
            row.getInt(2),
            Optional.ofNullable(row.getString(3)),
            row.getString(4),
            row.getString(5).equals("on"),
            row.getString(6),
            row.getInt(7));
      }
    }
  }

  /**
   * Refuses servers that cannot take part.
   *
   * @throws IllegalStateException if it cannot
   */
  void check(int branchesAtATime) {
    if (mostPrepared < branchesAtATime) {
      throw new IllegalStateException(
          "max_prepared_transactions is "
              + mostPrepared
              + ", and up to "
              + branchesAtATime
              + " branches are prepared at a time by this process alone: set it to what all"
              + " processes need together, and as much again for what waits to be settled");
    }
    if (version < OLDEST_VERSION) {
      throw new IllegalStateException("PostgreSQL 12 or later is needed, not " + version);
    }
    if (timeout.isPresent()) {
      throw new IllegalStateException(
          "the server ends prepared transactions by itself ("
              + timeout.get()
              + "): switch that off");
    }
  }

  /** What may lose branches, for people. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (synchronousCommit.equals("off")) {
      warnings.add(
          "synchronous_commit is off: what one branch commits alone may be lost in a crash");
    }
    if (!fsync) {
      warnings.add(
          "fsync is off: a crash of the machine may lose everything, also what is prepared");
    }
    if (standbys > 0 && synchronousStandbys.isBlank()) {
      warnings.add(
          "standbys stream from this server and synchronous_standby_names is empty: if one of them"
              + " takes over, what was prepared or committed last may be lost");
    }
    if (!synchronousStandbys.isBlank()
        && (synchronousCommit.equals("off") || synchronousCommit.equals("local"))) {
      warnings.add(
          "synchronous_commit is "
              + synchronousCommit
              + ", so nothing waits for the standbys of synchronous_standby_names: if one of them"
              + " takes over, what was prepared or committed last may be lost");
    }
    return warnings;
  }
}
