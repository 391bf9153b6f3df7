package io.holdfast.chaos.transfer;

import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.sql.Connection;
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
final class Side {

  static final int ACCOUNTS = 8;
  static final int OPENING = 50;

  private static final String OPEN =
      """
      CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
      CREATE TABLE entry (transfer text PRIMARY KEY, account int NOT NULL, amount int NOT NULL);
      INSERT INTO account SELECT id, %d FROM generate_series(0, %d) id
      """
          .formatted(OPENING, ACCOUNTS - 1);

  private final String name;
  private final String url;

  Side(String name, PostgresServer server) throws SQLException {
    this.name = name;
    this.url = server.freshUrl();
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(OPEN);
    }
  }

  private DataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setSocketTimeout(3);
    source.setConnectTimeout(2);
    return source;
  }

  Connection connect() throws SQLException {
    return source().getConnection();
  }

  PostgresParticipant participant() throws SQLException {
    PostgresOptions options =
        PostgresOptions.defaults().withThreads(4).withControlTimeout(Duration.ofSeconds(2));
    return PostgresParticipant.open(name, source(), source(), options);
  }

  /** What a transfer does here. */
  static SqlWork change(String transfer, int account, int amount) {
    return SqlWork.of("INSERT INTO entry VALUES (?, ?, ?)", transfer, account, amount)
        .then("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account)
        .expecting(1);
  }

  /** Everything that is committed here, at one moment. */
  Set<String> transfers() throws SQLException {
    return strings("SELECT transfer FROM entry");
  }

  Set<String> prepared() throws SQLException {
    return strings("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()");
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
  public String toString() {
    return name;
  }
}
