package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.testkit.process.TemporaryFolder;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Two PostgreSQL servers with accounts in them, which flush to disk as in production. */
final class Ledgers implements AutoCloseable {

  static final int ACCOUNTS = 1_000;

  /** What every contestant does at either side. */
  static final String CHANGE = "UPDATE account SET balance = balance + ? WHERE id = ?";

  private static final long MUCH = 1_000_000_000L;
  private static final int CONNECTIONS = 1_000;

  private final TemporaryFolder folder = TemporaryFolder.create("holdfast-commit");
  private final List<EmbeddedPostgres> servers = new ArrayList<>();

  Ledgers() throws SQLException {
    for (int i = 0; i < 2; i++) {
      servers.add(start(i));
      run(
          i,
          PostgresParticipant.decisionDdl(),
          "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))"
              + " WITH (fillfactor = 50)",
          "INSERT INTO account SELECT n, " + MUCH + " FROM generate_series(0, " + ACCOUNTS + ") n");
    }
  }

  private EmbeddedPostgres start(int number) {
    try {
      return EmbeddedPostgres.builder()
          .setOverrideWorkingDirectory(folder.path().resolve("program").toFile())
          .setDataDirectory(folder.path().resolve("data" + number))
          .setServerConfig("max_connections", Integer.toString(CONNECTIONS))
          .setServerConfig("max_prepared_transactions", Integer.toString(CONNECTIONS))
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("fsync", "on")
          .setPGStartupWait(Duration.ofMinutes(1))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not start", e);
    }
  }

  /** The address of one of them. */
  String url(int which) {
    int port = servers.get(which).getPort();
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  /** New connections. */
  static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    return source;
  }

  /** Connections that are kept, as every contestant does. */
  static HikariDataSource pool(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source(url));
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(connections);
    return new HikariDataSource(config);
  }

  void run(int which, String... statements) throws SQLException {
    try (Connection connection = source(url(which)).getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /** What every contestant does, in the transaction of the connection. */
  static void change(Connection connection, int account, int amount) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CHANGE)) {
      statement.setInt(1, amount);
      statement.setInt(2, account);
      if (statement.executeUpdate() != 1) {
        throw new SQLException("no such account");
      }
    }
  }

  private long number(int which, String query) throws SQLException {
    try (Connection connection = source(url(which)).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Prepared at both. */
  long inDoubt() throws SQLException {
    return number(0, "SELECT count(*) FROM pg_prepared_xacts")
        + number(1, "SELECT count(*) FROM pg_prepared_xacts");
  }

  /** What is in both together; that must not change but while something is in doubt. */
  long total() throws SQLException {
    return number(0, "SELECT sum(balance) FROM account")
        + number(1, "SELECT sum(balance) FROM account");
  }

  /** So that no contestant pays for what another has left. */
  void tidy() throws SQLException {
    for (int i = 0; i < 2; i++) {
      run(i, "VACUUM account", "VACUUM holdfast_decision", "CHECKPOINT");
    }
  }

  @Override
  public void close() throws IOException {
    for (EmbeddedPostgres server : servers) {
      server.close();
    }
    folder.close();
  }
}
