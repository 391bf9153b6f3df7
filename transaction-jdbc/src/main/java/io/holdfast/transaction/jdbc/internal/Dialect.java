package io.holdfast.transaction.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/** The databases that work is done in. */
public enum Dialect {
  POSTGRESQL,
  /** MySQL as well. */
  MARIADB,
  H2;

  /**
   * Tells by what the driver says of its database.
   *
   * @throws SQLFeatureNotSupportedException if it is none of these
   */
  public static Dialect of(Connection connection) throws SQLException {
    String product = String.valueOf(connection.getMetaData().getDatabaseProductName());
    return switch (product) {
      case "PostgreSQL" -> POSTGRESQL;
      case "MariaDB", "MySQL" -> MARIADB;
      case "H2" -> H2;
      default ->
          throw new SQLFeatureNotSupportedException(
              "nobody has looked how this goes in " + product);
    };
  }
}
