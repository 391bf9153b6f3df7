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
 * What databases say differently: how a row is locked for sharing, and at which isolation levels a
 * transaction sees what its seal has waited for.
 *
 * <p>At the others all reads of a transaction come from one snapshot, and the seal's own statement
 * may be what takes it, before it waits:
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
   * inner query does not lock: it tells the token that the transaction's other reads see. Others
   * fail with 40001 when a row that is to be locked has changed since the snapshot.
   */
  MYSQL(
      "SELECT fence.%2$s, (SELECT seen.%2$s FROM %1$s seen WHERE seen.%3$s = fence.%3$s)"
          + " FROM %1$s fence WHERE fence.%3$s = ? LOCK IN SHARE MODE",
      "varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY", " ENGINE=InnoDB"),

  /** Has no lock for sharing: writers of one holder wait for each other. */
  ORACLE(
      "SELECT %2$s, %2$s FROM %1$s WHERE %3$s = ? FOR UPDATE",
      "varchar2(200 char) PRIMARY KEY", ""),

  /** At SNAPSHOT, a level of its own, a check would prove nothing either. */
  SQL_SERVER(
      "SELECT %2$s, %2$s FROM %1$s WITH (REPEATABLEREAD, ROWLOCK) WHERE %3$s = ?",
      "nvarchar(200) COLLATE Latin1_General_BIN2 PRIMARY KEY", ""),

  /** Has no lock for sharing, as Oracle. */
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
   * Tells by what the driver says of its database.
   *
   * @throws SQLFeatureNotSupportedException if it is none of these
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

  /** Refuses a transaction whose later reads need not see what its seal has waited for. */
  void requireSightAfterSeal(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      requireLevel(connection, "seal");
    }
  }

  /**
   * Refuses a transaction whose later reads need not see what came before the seal that a check
   * finds. The other databases tell by the check itself.
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
              + " a transaction may go on reading what was there before: "
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
