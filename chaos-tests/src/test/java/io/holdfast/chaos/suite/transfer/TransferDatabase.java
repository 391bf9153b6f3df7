package io.holdfast.chaos.suite.transfer;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One of the two databases: accounts, and an entry for every transfer, by its number. So one that
 * is done again, since its answer was lost, is refused if it is there.
 */
final class TransferDatabase implements AutoCloseable {

  static final int ACCOUNTS = 8;
  static final int OPENING = 50;

  /** Of each participant of each client. */
  static final int THREADS = 4;

  private static final int CONNECTIONS = 60;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private static final String OPEN =
      """
      CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
      CREATE TABLE entry (transfer text PRIMARY KEY, account int NOT NULL, amount int NOT NULL);
      CREATE TABLE tried (branch text PRIMARY KEY, arguments text NOT NULL);
      INSERT INTO account SELECT id, %d FROM generate_series(0, %d) id
      """
          .formatted(OPENING, ACCOUNTS - 1);

  private static final String ENTER = "INSERT INTO entry VALUES (?, ?, ?)";
  private static final String CHANGE = "UPDATE account SET balance = balance + ? WHERE id = ?";

  private final String name;
  private final String url;
  private final HikariDataSource pool;

  /** One that is there. */
  TransferDatabase(String name, String url) {
    this.name = name;
    this.url = url;
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setSocketTimeout(3);
    source.setConnectTimeout(2);
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(LONGEST_WAIT.toMillis());
    config.setValidationTimeout(LONGEST_WAIT.toMillis() / 2);
    config.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(config);
  }

  /** A new one. */
  static TransferDatabase in(String name, PostgresServer server) throws SQLException {
    TransferDatabase side = new TransferDatabase(name, server.freshUrl());
    try (Connection connection = side.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(OPEN);
      TccParticipant.createTables(connection);
      OutboxTransfer.OUTBOX.create(connection);
      OutboxTransfer.INBOX.create(connection);
    }
    return side;
  }

  String url() {
    return url;
  }

  DataSource source() {
    return pool;
  }

  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  PostgresParticipant participant() throws SQLException {
    PostgresOptions options =
        PostgresOptions.defaults().withThreads(THREADS).withControlTimeout(Duration.ofSeconds(2));
    return PostgresParticipant.open(name, pool, pool, options);
  }

  /** What a transfer does here, all of it. */
  static SqlWork work(Transfer.Change change) {
    return SqlWork.of(ENTER, change.transfer(), change.account(), change.amount())
        .then(CHANGE, change.amount(), change.account())
        .expecting(1);
  }

  /** Once for each transfer, though it be asked for again. */
  static void enter(Connection connection, Transfer.Change change) throws SQLException {
    try (PreparedStatement entry = connection.prepareStatement(ENTER + " ON CONFLICT DO NOTHING")) {
      entry.setString(1, change.transfer());
      entry.setInt(2, change.account());
      entry.setInt(3, change.amount());
      entry.executeUpdate();
    }
  }

  /** As often as it is asked for. */
  static void changeBalance(Connection connection, int account, int amount) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setInt(1, amount);
      update.setInt(2, account);
      update.executeUpdate();
    }
  }

  /** Everything that is committed here, at one moment. */
  Set<String> transfers() throws SQLException {
    return strings("SELECT transfer FROM entry");
  }

  /** What waits for a decision, or for what has been decided. */
  Set<String> prepared() throws SQLException {
    return strings(
        "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
            + " UNION ALL SELECT epoch || ':' || sequence || ':' || branch FROM holdfast_barrier"
            + " WHERE state IN ('T', 'P') UNION ALL SELECT branch FROM tried");
  }

  /** Names of branches that are tried and have no barrier. */
  Set<String> tried() throws SQLException {
    return strings("SELECT branch FROM tried");
  }

  /** Messages that are on their way from here. */
  long onTheWay() throws SQLException {
    try (Connection connection = connect()) {
      return OutboxTransfer.OUTBOX.status(connection).backlog();
    }
  }

  /** Accounts whose balance is not what their entries say. */
  Set<String> wrongAccounts() throws SQLException {
    return strings(
        ("SELECT id FROM account WHERE balance <> %d"
                + " + (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = id)")
            .formatted(OPENING));
  }

  int total() throws SQLException {
    return Integer.parseInt(strings("SELECT sum(balance) FROM account").iterator().next());
  }

  private Set<String> strings(String query) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
