package io.holdfast.transaction.jdbc;

/** Databases of one PostgreSQL that nobody kills. */
public final class FreshDatabases {

  private FreshDatabases() {}

  /** The JDBC address of a new, empty database. */
  public static String url() {
    return Servers.first().freshUrl();
  }
}
