package io.holdfast.transaction.jdbc.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what is committed outlives a crash of the server, where others rely on it as soon
 * as it is: a vote, a token, a mark. Where {@code synchronous_commit} is off, PostgreSQL is told
 * otherwise for each such transaction; what cannot be told so is warned of. Thread-safe.
 */
public final class Durability {

  private static final Logger LOG = LoggerFactory.getLogger(Durability.class);

  private static final String POSTGRES =
      "SELECT current_setting('synchronous_commit'), current_setting('synchronous_standby_names'),"
          + " current_setting('fsync'), (SELECT count(*) FROM pg_stat_replication)";
  private static final String MARIADB =
      "SHOW GLOBAL VARIABLES LIKE 'innodb_flush_log_at_trx_commit'";
  private static final String INSIST = "SET LOCAL synchronous_commit = 'on'";

  private final boolean insists;

  private Durability(boolean insists) {
    this.insists = insists;
  }

  /**
   * Looks how commits are kept, and warns of what may be lost. Blocks for a round trip.
   *
   * @param who needs it, for the log
   */
  public static Durability of(Connection connection, String who) throws SQLException {
    return switch (Dialect.of(connection)) {
      case POSTGRESQL -> postgres(connection, who);
      case MARIADB -> mariaDb(connection, who);
      case H2 -> new Durability(false);
    };
  }

  private static Durability postgres(Connection connection, String who) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(POSTGRES)) {
      row.next();
      String commit = row.getString(1);
      boolean standbyNamed = !row.getString(2).isBlank();
      if (commit.equals("off")) {
        LOG.warn(
            "{}: synchronous_commit is off; it is switched on for what others rely on, and what the"
                + " application commits itself may be lost in a crash",
            who);
      }
      if (commit.equals("local") && standbyNamed) {
        LOG.warn(
            "{}: synchronous_commit is local, so nothing waits for the standbys of"
                + " synchronous_standby_names: if one of them takes over, what was committed last may"
                + " be lost",
            who);
      }
      if (row.getString(3).equals("off")) {
        LOG.warn("{}: fsync is off: a crash of the machine may lose everything", who);
      }
      if (!standbyNamed && row.getLong(4) > 0) {
        LOG.warn(
            "{}: standbys stream from this server and synchronous_standby_names is empty: if one of"
                + " them takes over, what was committed last may be lost",
            who);
      }
      return new Durability(commit.equals("off"));
    }
  }

  private static Durability mariaDb(Connection connection, String who) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MARIADB)) {
      if (row.next() && !row.getString(2).equals("1")) {
        LOG.warn(
            "{}: innodb_flush_log_at_trx_commit is not 1: a crash of the machine may lose what was"
                + " committed last",
            who);
      }
      return new Durability(false);
    }
  }

  /** First in a transaction on which others rely once it is committed. */
  public void insist(Connection connection) throws SQLException {
    if (insists) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(INSIST);
      }
    }
  }
}
