package io.holdfast.transaction.jdbc.internal;

import java.sql.SQLException;
import java.util.Set;

/** Tables that are not there, and what makes them. */
public final class MissingTables {

  /** Of PostgreSQL, of MariaDB and H2, and twice of H2, which looks for others of a like name. */
  private static final Set<String> NO_SUCH_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

  private MissingTables() {}

  /** True if a table, or a view, is not there. */
  public static boolean areTold(SQLException failure) {
    return NO_SUCH_TABLE.contains(String.valueOf(failure.getSQLState()));
  }

  /**
   * The same failure; if a table is not there it says what makes it.
   *
   * @param making a call, such as {@code JdbcOutbox.inTable("outbox").create(connection)}
   */
  public static SQLException explained(SQLException failure, String making) {
    return areTold(failure)
        ? new SQLException(
            failure.getMessage() + "; the table is made by " + making,
            failure.getSQLState(),
            failure.getErrorCode(),
            failure)
        : failure;
  }
}
