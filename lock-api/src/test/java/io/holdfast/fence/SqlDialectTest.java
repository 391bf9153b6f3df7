package io.holdfast.fence;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_REPEATABLE_READ;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.fence.JdbcFence.Column;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The dialects, by their text where no such database can be had. */
class SqlDialectTest {

  /** What SQL Server's driver calls its own level. */
  private static final int TRANSACTION_SNAPSHOT = 4096;

  private static <T> T answering(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answers.get(method.getName())));
  }

  private static Connection connection(String product, String version, int level) {
    DatabaseMetaData about =
        answering(
            DatabaseMetaData.class,
            Map.of("getDatabaseProductName", product, "getDatabaseProductVersion", version));
    return answering(
        Connection.class,
        Map.of("getMetaData", about, "getTransactionIsolation", level, "getAutoCommit", false));
  }

  @ParameterizedTest
  @CsvSource({
    "PostgreSQL, 16.10, POSTGRESQL",
    "MySQL, 8.4.6, MYSQL",
    "MySQL, 5.5.5-10.11.18-MariaDB, MYSQL",
    "MariaDB, 10.11.18-MariaDB, MYSQL",
    "Oracle, Oracle Database 19c, ORACLE",
    "Microsoft SQL Server, 16.00.4085, SQL_SERVER",
    "H2, 2.3.232, H2",
  })
  void of_productName_choosesTheDialect(String product, String version, SqlDialect dialect)
      throws SQLException {
    assertThat(SqlDialect.of(connection(product, version, TRANSACTION_READ_COMMITTED)))
        .isEqualTo(dialect);
  }

  @ParameterizedTest
  @CsvSource({"Apache Derby, 10.17", "MySQL, 8.0.11-TiDB-v7.5.1"})
  void of_databaseNobodyHasLookedAt_isRefused(String product, String version) {
    assertThatThrownBy(
            () -> SqlDialect.of(connection(product, version, TRANSACTION_READ_COMMITTED)))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POSTGRESQL | SELECT token, token FROM fence WHERE name = ? FOR SHARE",
        "MYSQL | SELECT fence.token, (SELECT seen.token FROM fence seen"
            + " WHERE seen.name = fence.name) FROM fence fence WHERE fence.name = ?"
            + " LOCK IN SHARE MODE",
        "ORACLE | SELECT token, token FROM fence WHERE name = ? FOR UPDATE",
        "SQL_SERVER | SELECT token, token FROM fence WITH (REPEATABLEREAD, ROWLOCK)"
            + " WHERE name = ?",
        "H2 | SELECT token, token FROM fence WHERE name = ? FOR UPDATE",
      })
  void check_locksTheRowForTheTransaction(SqlDialect dialect, String sql) {
    assertThat(dialect.statements("fence", "name", "token").check()).isEqualTo(sql);
  }

  @ParameterizedTest
  @EnumSource
  void enrol_anotherWasFaster_endsTheTransactionNowhere(SqlDialect dialect) {
    assertThat(dialect.statements("fence", "name", "token").enrol())
        .isEqualTo(
            "INSERT INTO fence (name, token) VALUES (?, ?)"
                + (dialect == SqlDialect.POSTGRESQL ? " ON CONFLICT DO NOTHING" : ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MYSQL | CREATE TABLE fence (name varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            + " PRIMARY KEY, token varchar(36) NOT NULL) ENGINE=InnoDB",
        "ORACLE | CREATE TABLE fence (name varchar2(200 char) PRIMARY KEY,"
            + " token varchar2(36 char) NOT NULL)",
        "SQL_SERVER | CREATE TABLE fence (name nvarchar(200) COLLATE Latin1_General_BIN2"
            + " PRIMARY KEY, token varchar(36) NOT NULL)",
      })
  void ddl_tellsNamesApartByEveryLetter(SqlDialect dialect, String sql) {
    assertThat(dialect.ddl("fence", Column.TEXT)).isEqualTo(sql);
  }

  @ParameterizedTest
  @CsvSource({"Oracle, false", "MySQL, true", "Microsoft SQL Server, true"})
  void seal_serializable_onlyWhereItReadsUnderLocks(String product, boolean sealed)
      throws SQLException {
    Connection connection = connection(product, "1", TRANSACTION_SERIALIZABLE);
    SqlDialect dialect = SqlDialect.of(connection);
    if (sealed) {
      assertThatCode(() -> dialect.requireSightAfterSeal(connection)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> dialect.requireSightAfterSeal(connection))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void sealAndCheck_snapshotOfSqlServer_areRefused() throws SQLException {
    Connection connection = connection("Microsoft SQL Server", "16", TRANSACTION_SNAPSHOT);
    SqlDialect dialect = SqlDialect.of(connection);
    assertThatThrownBy(() -> dialect.requireSightAfterSeal(connection))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> dialect.requireSightAfterCheck(connection))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("check at READ COMMITTED");
  }

  @Test
  void seal_repeatableRead_isTakenBySqlServerOnly() throws SQLException {
    Connection mysql = connection("MySQL", "8.4", TRANSACTION_REPEATABLE_READ);
    assertThatThrownBy(() -> SqlDialect.of(mysql).requireSightAfterSeal(mysql))
        .isInstanceOf(IllegalStateException.class);
    Connection sqlServer = connection("Microsoft SQL Server", "16", TRANSACTION_REPEATABLE_READ);
    SqlDialect.of(sqlServer).requireSightAfterSeal(sqlServer);
  }
}
