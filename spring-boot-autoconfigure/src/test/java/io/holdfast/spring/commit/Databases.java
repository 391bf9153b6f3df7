package io.holdfast.spring.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Two databases on a PostgreSQL, one for all tests of the JVM: each test has its own accounts. */
public final class Databases {

  private static final class Server {
    static final PostgresServer SERVER =
        PostgresServer.start(
            Map.of(
                "max_connections", "200",
                "synchronous_commit", "on",
                "max_prepared_transactions", "64"));
    static final String ACCOUNTS = made();
    static final String LEDGER = made();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "holdfast-end-postgres"));
    }

    /** The constraint is checked when it is prepared. */
    private static String made() {
      String url = SERVER.freshUrl();
      run(
          url,
          "CREATE TABLE account (id text PRIMARY KEY, balance bigint NOT NULL);"
              + "CREATE TABLE entry (id text REFERENCES account DEFERRABLE INITIALLY DEFERRED)");
      return url;
    }
  }

  private Databases() {}

  /** Where money comes from. */
  public static String accounts() {
    return Server.ACCOUNTS;
  }

  /** Where it goes. */
  public static String ledger() {
    return Server.LEDGER;
  }

  /** A pool, as an application has it. */
  public static HikariDataSource pool(String url) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setMaximumPoolSize(5);
    pool.setMinimumIdle(0);
    return pool;
  }

  /** Runs statements outside of all transactions. */
  public static void run(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The number that a query finds. */
  public static long number(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** How many branches are prepared in a database. */
  public static long prepared(String url) {
    return number(
        url, "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
  }
}
