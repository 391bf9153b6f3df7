package io.holdfast.fence;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_READ_UNCOMMITTED;
import static java.sql.Connection.TRANSACTION_REPEATABLE_READ;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;

import io.holdfast.fence.JdbcFence.Column;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Locale;

/**
 * The differences between databases: the statement for a shared row lock, and the isolation levels
 * at which a transaction sees the writes that its seal has waited for.
 *
 * <p>At the other levels all reads of a transaction come from one snapshot. The seal's own
 * statement may take that snapshot before it waits:
 *
 * <pre>
 *   old holder   check -- insert --------- commit
 *   new holder           seal: snapshot .. waits .. goes on -- reads: no such insert
 * </pre>
 *
 * <p>The old holder has locked the fence's row and not changed it, so no database finds a conflict.
 */
enum SqlDialect {
  POSTGRESQL(
      "SELECT %2$s, %2$s FROM %1$s WHERE %3$s = ? FOR SHARE", "varchar(200) PRIMARY KEY", ""),

  /**
   * MariaDB as well. A locking read sees the newest row whatever the snapshot is, so at REPEATABLE
   * READ a check would pass in a transaction that goes on reading from before its own seal. The
   * inner query does not lock: it returns the token that the transaction's other reads see. Other
   * databases fail with 40001 if the row changed after the snapshot.
   */
  MYSQL(
      "SELECT fence.%2$s, (SELECT seen.%2$s FROM %1$s seen WHERE seen.%3$s = fence.%3$s)"
          + " FROM %1$s fence WHERE fence.%3$s = ? LOCK IN SHARE MODE",
      "varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY", " ENGINE=InnoDB"),

  /** Has no shared row lock: writers of one holder wait for each other. */
  ORACLE(
      "SELECT %2$s, %2$s FROM %1$s WHERE %3$s = ? FOR UPDATE",
      "varchar2(200 char) PRIMARY KEY", ""),

  /** At its level SNAPSHOT a check would prove nothing either. */
  SQL_SERVER(
      "SELECT %2$s, %2$s FROM %1$s WITH (REPEATABLEREAD, ROWLOCK) WHERE %3$s = ?",
      "nvarchar(200) COLLATE Latin1_General_BIN2 PRIMARY KEY", ""),

  /** Has no shared row lock, like Oracle. */
  H2("SELECT %2$s, %2$s FROM %1$s WHERE %3$s = ? FOR UPDATE", "varchar(200) PRIMARY KEY", "");

  private final String check;
  private final String nameType;
  private final String tableOptions;

  SqlDialect(String check, String nameType, String tableOptions) {
    this.check = check;
    this.nameType = nameType;
    this.tableOptions = tableOptions;
  }

  /**
   * The dialect of the database, by the product name that the driver gives.
   *
   * @throws SQLFeatureNotSupportedException if the database is not supported
   */
  static SqlDialect of(Connection connection) throws SQLException {
    DatabaseMetaData about = connection.getMetaData();
    String product = String.valueOf(about.getDatabaseProductName());
    String version = String.valueOf(about.getDatabaseProductVersion());
    if (version.toLowerCase(Locale.ROOT).contains("tidb")) {
      product = "TiDB"; // says that it is MySQL, and takes no lock for sharing
    }
    return switch (product) {
      case "PostgreSQL" -> POSTGRESQL;
      case "MySQL", "MariaDB" -> MYSQL;
      case "Oracle" -> ORACLE;
      case "Microsoft SQL Server" -> SQL_SERVER;
      case "H2" -> H2;
      default ->
          throw new SQLFeatureNotSupportedException(
              "nobody has looked whether a fence holds in " + product);
    };
  }

  /** The statements for one table. */
  FenceSql statements(String table, String key, String token) {
    return new FenceSql(
        "UPDATE %s SET %s = ? WHERE %s = ? AND %s <= ?".formatted(table, token, key, token),
        check.formatted(table, token, key),
        "SELECT %s FROM %s WHERE %s = ?".formatted(token, table, key),
        "INSERT INTO %s (%s, %s) VALUES (?, ?)%s"
            .formatted(
                table,
                key,
                token,
                // Where a statement that fails ends the transaction.
                this == POSTGRESQL ? " ON CONFLICT DO NOTHING" : ""));
  }

  /** The statement that makes a table of tokens. */
  String ddl(String table, Column column) {
    return "CREATE TABLE %s (name %s, token %s NOT NULL)%s"
        .formatted(table, nameType, typeOf(column), tableOptions);
  }

  private String typeOf(Column column) {
    return column == Column.UUID ? "uuid" : this == ORACLE ? "varchar2(36 char)" : "varchar(36)";
  }

  /** Only two have a {@code uuid} that sorts byte by byte. */
  void requireOrdered(Column column) {
    if (column == Column.UUID && this != POSTGRESQL && this != H2) {
      throw new IllegalStateException(
          "a uuid of " + this + " does not sort as tokens do: let the column be TEXT");
    }
  }

  /** Refuses a transaction whose later reads may miss the writes that its seal has waited for. */
  void requireSightAfterSeal(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      requireLevel(connection, "seal");
    }
  }

  /**
   * Refuses a transaction whose later reads may miss writes made before the seal that a check
   * finds. On the other databases the check itself fails.
   */
  void requireSightAfterCheck(Connection connection) throws SQLException {
    if (this == SQL_SERVER) {
      requireLevel(connection, "check");
    }
  }

  private void requireLevel(Connection connection, String act) throws SQLException {
    int level = connection.getTransactionIsolation();
    if (!seesWhatItWaitedFor(level)) {
      throw new IllegalStateException(
          "at isolation level "
              + level
              + " a transaction may still read what was there before the seal: "
              + act
              + " at READ COMMITTED, or seal with auto-commit on and read afterwards");
    }
  }

  private boolean seesWhatItWaitedFor(int level) {
    return switch (level) {
      case TRANSACTION_READ_UNCOMMITTED, TRANSACTION_READ_COMMITTED -> true;
      case TRANSACTION_REPEATABLE_READ -> this == SQL_SERVER;
      case TRANSACTION_SERIALIZABLE -> this == SQL_SERVER || this == MYSQL;
      default -> false;
    };
  }
}
