package io.holdfast.payment.ledger.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.holdfast.payment.ledger.DatabaseConfig;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The connections to one of the ledger's databases. Lanes keep theirs, so that nothing else, reads
 * for example, can take them; all others share a pool. Every wait is bounded by the server itself.
 */
final class DatabaseConnections implements AutoCloseable {

  static final int CONNECT_SECONDS = 5;

  private final DatabaseConfig config;
  private final Properties driver = new Properties();
  private final HikariDataSource pool;

  /**
   * Connects.
   *
   * @param lanes how many of the connections are kept by lanes
   */
  DatabaseConnections(String name, DatabaseConfig config, int lanes) {
    this.config = config;
    long statement = config.statementTimeout().toMillis();
    driver.setProperty("user", config.user());
    driver.setProperty("password", config.password());
    driver.setProperty("ApplicationName", "holdfast-payment");
    driver.setProperty("connectTimeout", "" + CONNECT_SECONDS);
    // A server that takes connections may still be one that never answers.
    driver.setProperty("loginTimeout", "" + CONNECT_SECONDS);
    driver.setProperty("tcpKeepAlive", "true");
    // Twice the server's own limit: only a server that has gone silent gets there.
    driver.setProperty("socketTimeout", "" + Math.max(1, 2 * statement / 1000));
    // What is acknowledged must be in the log, also where the server's default is not to wait for
    // it. Every row is found by its key; a plan made while the tables were small, and kept, must
    // not read all of them when they have grown.
    driver.setProperty(
        "options",
        "-c synchronous_commit=on -c enable_seqscan=off -c enable_hashjoin=off"
            + " -c enable_mergejoin=off -c statement_timeout="
            + statement
            + " -c lock_timeout="
            + statement
            + " -c idle_in_transaction_session_timeout="
            + config.idleTimeout().toMillis());
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("ledger-" + name);
    hikari.setJdbcUrl(config.url());
    hikari.setDataSourceProperties(driver);
    hikari.setAutoCommit(false);
    hikari.setMaximumPoolSize(config.poolSize() - lanes);
    hikari.setConnectionTimeout(statement);
    this.pool = new HikariDataSource(hikari);
  }

  /** A new one, for whoever keeps it. */
  Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(config.url(), driver);
    connection.setAutoCommit(false);
    return connection;
  }

  /** One of the pool's, to be closed soon. */
  Connection borrow() throws SQLException {
    return pool.getConnection();
  }

  /** One of the pool's was cut: lends none of those any more that are open now. */
  void evict() {
    HikariPoolMXBean bean = pool.getHikariPoolMXBean();
    if (bean != null) {
      bean.softEvictConnections();
    }
  }

  /**
   * Whether the connection is no more, and that was told at once. A server that has gone silent is
   * another matter: asking it again takes as long again.
   */
  static boolean isCut(Throwable failure) {
    return failure instanceof SQLException sql
        && sql.getSQLState() != null
        && (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P"))
        && !(sql.getCause() instanceof SocketTimeoutException);
  }

  @Override
  public void close() {
    pool.close();
  }
}
