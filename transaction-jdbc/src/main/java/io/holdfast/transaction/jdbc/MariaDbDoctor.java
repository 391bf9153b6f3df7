package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Finding;
import io.holdfast.transaction.xa.XaParticipant;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Examines a MariaDB. */
public final class MariaDbDoctor implements DatabaseDoctor {

  private static final String CLOCK = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";

  private final String subject;
  private final DataSource source;
  private final int seconds;

  /**
   * For one server.
   *
   * @param name of its participant, for the findings
   * @param source where a connection comes from
   * @param timeout for each answer
   */
  public MariaDbDoctor(String name, DataSource source, Duration timeout) {
    this.subject = "database " + name;
    this.source = source;
    this.seconds = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toSeconds()));
  }

  @Override
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
      settings(MariaDbSettings.read(connection), findings);
      prepared(statement, findings);
      clock(statement, findings);
    } catch (SQLException e) {
      findings.add(
          Finding.problem(
              subject,
              "not examined: " + e.getMessage(),
              "see to it that it runs, can be reached from here, and lets this user in"));
    }
    return List.copyOf(findings);
  }

  private void settings(MariaDbSettings settings, List<Finding> findings) {
    findings.add(
        settings
            .refusal()
            .map(
                why ->
                    Finding.problem(
                        subject,
                        why,
                        "no branch can be prepared here before that is mended; TCC, sagas and"
                            + " outboxes do without"))
            .orElseGet(() -> Finding.ok(subject, "MariaDB " + settings.version())));
    settings
        .warnings()
        .forEach((what, advice) -> findings.add(Finding.warning(subject, what, advice)));
  }

  /** The server does not say for how long. */
  private void prepared(Statement statement, List<Finding> findings) throws SQLException {
    int ours = 0;
    int others = 0;
    try (ResultSet rows = statement.executeQuery("XA RECOVER")) {
      while (rows.next()) {
        if (rows.getLong(1) == XaParticipant.FORMAT) {
          ours++;
        } else {
          others++;
        }
      }
    }
    findings.add(
        Finding.ok(
            subject,
            ours
                + " prepared branches of ours; if there are some for long, holdfast transactions"
                + " list says whose they are"));
    if (others > 0) {
      findings.add(
          Finding.warning(
              subject,
              others + " prepared branches of other programs",
              "they hold locks until they end: have their own program end them, or end them by"
                  + " name, see XA RECOVER"));
    }
  }

  private void clock(Statement statement, List<Finding> findings) throws SQLException {
    Instant before = Instant.now();
    try (ResultSet row = statement.executeQuery(CLOCK)) {
      row.next();
      DoctorClock.finding(subject, before, Instant.ofEpochMilli(row.getLong(1)))
          .ifPresent(findings::add);
    }
  }
}
