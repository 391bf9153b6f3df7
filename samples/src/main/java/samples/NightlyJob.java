package samples;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A job that one of many processes does: whoever is elected. What it writes is fenced, so that one
 * that was paused for too long, and succeeded by another, writes nothing more.
 */
public final class NightlyJob {

  private static final String NAME = "nightly";
  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", Column.TEXT);

  private final String jdbcUrl;

  /** A job on one database, whose tables {@link #createTables} makes. */
  public NightlyJob(String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
  }

  /** Runs the job: the address of the cluster, and of the database. */
  public static void main(String[] args) throws InterruptedException, SQLException {
    NightlyJob job = new NightlyJob(args[1]);
    job.createTables();
    job.run(args[0]);
  }

  /** Once, with the rest of the schema. */
  public void createTables() throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(JdbcFence.ddl(connection, "fence", Column.TEXT));
      statement.execute("CREATE TABLE report (line VARCHAR(100))");
      FENCE.enrol(connection, NAME);
    }
  }

  /** Waits until this process leads, and does the job. */
  public FencingToken run(String cluster) throws InterruptedException, SQLException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("nightly-job"));
    try (Coordinator coordinator = Coordinator.connect(cluster, options);
        Leadership leadership = new Elections(coordinator).election(NAME).campaign()) {
      seal(leadership.term());
      write(leadership.term(), "all is settled");
      return leadership.term();
    }
  }

  /** First of all: from then on nobody with an earlier term can write. */
  private void seal(FencingToken term) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      FENCE.seal(connection, NAME, term);
    }
  }

  /**
   * One write, in a transaction that begins with the check.
   *
   * @throws StaleTokenException if another process leads by now
   */
  public void write(FencingToken term, String line) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      connection.setAutoCommit(false);
      FENCE.check(connection, NAME, term);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO report VALUES (?)")) {
        insert.setString(1, line);
        insert.executeUpdate();
      }
      connection.commit();
    }
  }
}
