package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two PostgreSQL servers with accounts in them, which flush to disk as in production; and others
 * that are empty.
 */
final class Ledgers implements AutoCloseable {

  static final int ACCOUNTS = 1_000;

  /** What every contestant does at either side. */
  static final String CHANGE = "UPDATE account SET balance = balance + ? WHERE id = ?";

  private static final long MUCH = 1_000_000_000L;
  private static final int CONNECTIONS = 1_000;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections",
          Integer.toString(CONNECTIONS),
          "max_prepared_transactions",
          Integer.toString(CONNECTIONS),
          "synchronous_commit",
          "on",
          "fsync",
          "on");

  private final List<PostgresServer> servers = new ArrayList<>();

  Ledgers() throws SQLException {
    this(2);
  }

  /** So many servers, two at least. */
  Ledgers(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      servers.add(PostgresServer.start(SETTINGS));
    }
    for (int i = 0; i < 2; i++) {
      run(
          i,
          PostgresParticipant.decisionDdl(),
          "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))"
              + " WITH (fillfactor = 50)",
          "INSERT INTO account SELECT n, " + MUCH + " FROM generate_series(0, " + ACCOUNTS + ") n");
    }
  }

  /** The address of one of them. */
  String url(int which) {
    return servers.get(which).url("postgres");
  }

  /** The address of a new, empty database. */
  String freshUrl(int which) {
    return servers.get(which).freshUrl();
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
  public void close() {
    servers.forEach(PostgresServer::close);
  }
}
