package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Finding;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Examines a PostgreSQL. */
public final class PostgresDoctor implements DatabaseDoctor {

  private static final int OLDEST_VERSION = 120_000;
  private static final int MOST_USED_PERCENT = 80;

  private static final String SETTINGS =
      "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
          + " pg_is_in_recovery(), current_setting('max_prepared_transactions')::int,"
          + " current_setting('max_connections')::int, current_setting('synchronous_commit'),"
          + " current_setting('fsync'), current_setting('full_page_writes'),"
          + " current_setting('synchronous_standby_names'),"
          + " (SELECT count(*) FROM pg_stat_replication),"
          + " (SELECT min(name) FROM pg_settings WHERE name ~ 'prepared.*timeout'"
          + " AND setting NOT IN ('0', '-1'))";

  /** Of ours and of others, here and in the whole server, which shares the places among all. */
  private static final String PREPARED =
      "SELECT count(*), count(*) FILTER (WHERE here AND ours), count(*) FILTER (WHERE here AND NOT"
          + " ours), coalesce(extract(epoch FROM max(age) FILTER (WHERE here AND ours)), 0),"
          + " coalesce(extract(epoch FROM max(age) FILTER (WHERE here AND NOT ours)), 0),"
          + " count(*) FILTER (WHERE here AND ours AND NOT mine)"
          + " FROM (SELECT database = current_database() AS here, starts_with(gid, 'hf:') AS ours,"
          + " pg_has_role(current_user, owner, 'USAGE') AS mine,"
          + " clock_timestamp() - prepared AS age FROM pg_prepared_xacts) each";

  private static final String CLOCK = "SELECT clock_timestamp()";

  private static final String TABLES =
      "SELECT to_regclass('holdfast_decision') IS NOT NULL,"
          + " coalesce(has_table_privilege(to_regclass('holdfast_decision')::oid,"
          + " 'SELECT, INSERT, DELETE') AND has_table_privilege(to_regclass('holdfast_epoch')::oid,"
          + " 'SELECT, INSERT, UPDATE, DELETE'), false)";

  private final String subject;
  private final DataSource source;
  private final int seconds;
  private final Duration patience;

  /**
   * For one database.
   *
   * @param name of its participant, for the findings
   * @param source where a connection comes from
   * @param timeout for each answer
   * @param patience after which a branch that is still prepared is worth a finding
   */
  public PostgresDoctor(String name, DataSource source, Duration timeout, Duration patience) {
    this.subject = "database " + name;
    this.source = source;
    this.seconds = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toSeconds()));
    this.patience = patience;
  }

  @Override
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
      settings(statement, findings);
      prepared(statement, findings);
      clock(statement).ifPresent(findings::add);
      tables(statement, findings);
    } catch (SQLException e) {
      findings.add(
          problem(
              "not examined: " + e.getMessage(),
              "see to it that it runs, can be reached from here, and lets this user in"));
    }
    return List.copyOf(findings);
  }

  private Finding problem(String what, String advice) {
    return Finding.problem(subject, what, advice);
  }

  private Finding warning(String what, String advice) {
    return Finding.warning(subject, what, advice);
  }

  private void settings(Statement statement, List<Finding> findings) throws SQLException {
    try (ResultSet row = statement.executeQuery(SETTINGS)) {
      row.next();
      String version = "PostgreSQL " + row.getString(2);
      findings.add(
          row.getInt(1) < OLDEST_VERSION
              ? problem(version + " is too old", "use PostgreSQL 12 or later")
              : Finding.ok(subject, version));
      if (row.getBoolean(3)) {
        findings.add(
            problem("it is a standby, which ends nothing", "give the address of the primary"));
      }
      findings.add(places(row.getInt(4), row.getInt(5)));
      durability(row, findings);
      replication(row, findings);
      String timeout = row.getString(11);
      if (timeout != null) {
        findings.add(
            problem(
                "the server ends prepared transactions by itself (" + timeout + ")",
                "switch that off: a branch that was prepared has to wait for the decision"));
      }
    }
  }

  /** PostgreSQL's own advice: as many as connections, for each may prepare one. */
  private Finding places(int most, int connections) {
    if (most == 0) {
      return problem(
          "max_prepared_transactions is 0: no branch can be prepared",
          "set it to max_connections or more, and restart the server");
    }
    return most < connections
        ? warning(
            "max_prepared_transactions is " + most + ", max_connections " + connections,
            "make it as many as branches are under way at a time in all processes together, and"
                + " as many again for what waits to be settled; max_connections is enough for any"
                + " peak")
        : Finding.ok(subject, "max_prepared_transactions is " + most);
  }

  private void durability(ResultSet row, List<Finding> findings) throws SQLException {
    if (row.getString(7).equals("off")) {
      findings.add(
          problem(
              "fsync is off: a crash of the machine loses what was prepared and committed",
              "switch it on"));
    }
    if (row.getString(8).equals("off")) {
      findings.add(
          warning(
              "full_page_writes is off: a crash of the machine may damage pages",
              "switch it on, unless the file system writes pages whole"));
    }
    if (row.getString(6).equals("off")) {
      findings.add(
          problem(
              "synchronous_commit is off: a commit that was acknowledged may be lost, also one that"
                  + " carries a decision",
              "switch it on for this database or user"));
    }
  }

  private void replication(ResultSet row, List<Finding> findings) throws SQLException {
    boolean synchronous = !row.getString(9).isBlank();
    if (synchronous && row.getString(6).equals("local")) {
      findings.add(
          warning(
              "synchronous_commit is local: nothing waits for the synchronous standby",
              "set it to on, or a failover may lose prepared branches"));
    } else if (!synchronous && row.getLong(10) > 0) {
      findings.add(
          warning(
              row.getLong(10) + " standbys, none of them synchronous",
              "name one in synchronous_standby_names, or a failover may lose prepared branches"));
    }
  }

  private void prepared(Statement statement, List<Finding> findings) throws SQLException {
    int most;
    try (ResultSet row =
        statement.executeQuery("SELECT current_setting('max_prepared_transactions')::int")) {
      row.next();
      most = row.getInt(1);
    }
    try (ResultSet row = statement.executeQuery(PREPARED)) {
      row.next();
      long all = row.getLong(1);
      if (most > 0 && all * 100 >= (long) most * MOST_USED_PERCENT) {
        findings.add(
            problem(
                all + " of " + most + " places for prepared transactions are in use",
                "find out what waits, with holdfast transactions list, and raise"
                    + " max_prepared_transactions"));
      }
      findings.add(ours(row.getLong(2), seconds(row, 4)));
      if (row.getLong(3) > 0 && seconds(row, 5).compareTo(patience) > 0) {
        findings.add(
            warning(
                row.getLong(3)
                    + " prepared transactions of other programs, the oldest since "
                    + seconds(row, 5).toSeconds()
                    + " s",
                "they hold locks and keep vacuum from cleaning up: have their own program end"
                    + " them, or end them by name, see pg_prepared_xacts"));
      }
      if (row.getLong(6) > 0) {
        findings.add(
            warning(
                row.getLong(6) + " prepared branches are of roles that this user is no member of",
                "only they, or a superuser, can end them: have all processes log in as one role"));
      }
    }
  }

  private Finding ours(long count, Duration oldest) {
    return count > 0 && oldest.compareTo(patience) > 0
        ? warning(
            count + " prepared branches of ours, the oldest since " + oldest.toSeconds() + " s",
            "holdfast transactions list says whose they are, and explain what they wait for; those"
                + " of another namespace are settled by its own processes")
        : Finding.ok(subject, count + " prepared branches of ours, none for long");
  }

  private static Duration seconds(ResultSet row, int column) throws SQLException {
    return Duration.ofMillis((long) (row.getDouble(column) * 1_000));
  }

  private Optional<Finding> clock(Statement statement) throws SQLException {
    Instant before = Instant.now();
    try (ResultSet row = statement.executeQuery(CLOCK)) {
      row.next();
      return DoctorClock.finding(subject, before, row.getTimestamp(1).toInstant());
    }
  }

  private void tables(Statement statement, List<Finding> findings) throws SQLException {
    try (ResultSet row = statement.executeQuery(TABLES)) {
      row.next();
      if (!row.getBoolean(1)) {
        findings.add(
            Finding.ok(
                subject,
                "no tables for decisions in the last branch; who uses that makes them with the"
                    + " statements of PostgresParticipant.decisionDdl()"));
      } else if (!row.getBoolean(2)) {
        findings.add(
            problem(
                "this user may not write the tables of decisions",
                "grant it holdfast_decision and holdfast_epoch"));
      } else {
        findings.add(Finding.ok(subject, "the tables for decisions in the last branch are there"));
      }
    }
  }
}
