package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Participant;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database with accounts in it, of whatever make, by its JDBC address. */
abstract class Accounts {

  private static final String TABLE =
      "CREATE TABLE account"
          + " (id varchar(80) PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))";

  private final String url;

  Accounts(String url) {
    this.url = url;
  }

  /** What is there, as another process has made it. */
  static Accounts at(String url) {
    return url.startsWith("jdbc:mariadb:") ? new MariaDbAccounts(url) : new PostgresAccounts(url);
  }

  /** Makes what has to be there. */
  Accounts made() {
    run(TABLE);
    return this;
  }

  final String url() {
    return url;
  }

  abstract DataSource source();

  /** A participant of this process. */
  abstract Participant participant(String name) throws SQLException;

  /** A branch that changes a balance, at one of {@link #participant}. */
  abstract Branch change(Participant participant, String account, int amount);

  /** The names of what is prepared. */
  abstract List<String> prepared();

  final void run(String... statements) {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  final void put(String account, long balance) {
    run("INSERT INTO account VALUES ('" + account + "', " + balance + ")");
  }

  final long balance(String account) {
    return Long.parseLong(
        strings("SELECT balance FROM account WHERE id = '" + account + "'").get(0));
  }

  final List<String> strings(String query) {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static SqlWork change(String account, int amount) {
    return SqlWork.of("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account)
        .expecting(1);
  }
}
