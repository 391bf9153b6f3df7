package io.holdfast.payment.testing;

import io.holdfast.payment.old.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into, and meddles with, a database behind the ledger's back. */
public final class Sql {

  private Sql() {}

  /** The number that a query gives. */
  public static long number(Database database, String query) {
    try (Connection connection = database.connections().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      long number = row.getLong(1);
      connection.rollback();
      return number;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes rows and commits; returns how many. */
  public static int change(Database database, String update) {
    try (Connection connection = database.connections().getConnection();
        Statement statement = connection.createStatement()) {
      int rows = statement.executeUpdate(update);
      connection.commit();
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
