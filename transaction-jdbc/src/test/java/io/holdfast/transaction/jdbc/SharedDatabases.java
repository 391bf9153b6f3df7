package io.holdfast.transaction.jdbc;

import io.holdfast.testkit.mariadb.MariaDbServer;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** One of each kind for all tests of the JVM, which leave the servers alone. */
public final class SharedDatabases {

  private static final class Postgres {
    static final DataSource SOURCE = source(FreshDatabases.url());

    private static DataSource source(String url) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(url);
      return source;
    }
  }

  private SharedDatabases() {}

  /** PostgreSQL. */
  public static DataSource postgres() {
    return Postgres.SOURCE;
  }

  /** MariaDB. */
  public static DataSource mariaDb() throws SQLException {
    MariaDbDataSource source = new MariaDbDataSource();
    source.setUrl(MariaDbServer.shared().url("shared"));
    return source;
  }

  /** H2, in memory. */
  public static DataSource h2() {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:shared;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    return source;
  }
}
