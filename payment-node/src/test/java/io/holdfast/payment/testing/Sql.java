package io.holdfast.payment.testing;

import io.holdfast.payment.ledger.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into, and meddles with, a database behind the ledger's back. */
public final class Sql {

  private Sql() {}

  private static Connection connect(DatabaseConfig database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  /** The number that a query gives. */
  public static long number(DatabaseConfig database, String query) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes rows; returns how many. */
  public static int change(DatabaseConfig database, String update) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(update);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
