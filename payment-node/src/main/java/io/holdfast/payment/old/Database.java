package io.holdfast.payment.old;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.ShardMap;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The ledger's PostgreSQL: brings the schema up to date, checks that all nodes agree on the number
 * of shards, and pools connections whose every wait is bounded by the server itself.
 */
public final class Database implements AutoCloseable {

  private static final String SCHEMA = "classpath:io/holdfast/payment/ledger/schema";
  private static final int CONNECT_SECONDS = 5;

  private final HikariDataSource pool;
  private final SqlTransactions transactions;
  private final LedgerIdentity identity;

  private record Layout(int shards, LedgerIdentity identity) {}

  private Database(HikariDataSource pool, ShardMap map) {
    this.pool = pool;
    this.transactions = new SqlTransactions(pool);
    Layout layout = transactions.run(connection -> layOut(connection, map.shards()));
    checkLayout(layout, map);
    this.identity = layout.identity();
  }

  /**
   * Connects and prepares. Blocks; bounded by the time-outs of the driver.
   *
   * @throws LedgerUnavailableException if PostgreSQL cannot be reached or refuses
   * @throws IllegalArgumentException if the ledger was laid out with another number of shards
   */
  public static Database open(DatabaseConfig config, ShardMap map) {
    try {
      migrate(config);
      HikariDataSource pool = new HikariDataSource(hikari(config));
      try {
        return new Database(pool, map);
      } catch (RuntimeException e) {
        pool.close();
        throw e;
      }
    } catch (FlywayException | PoolInitializationException e) {
      throw new LedgerUnavailableException(
          "cannot prepare the database at " + config.url() + ": " + rootMessage(e), e);
    }
  }

  /** Apart from the pool: a migration may take longer than the pool lets a statement take. */
  private static void migrate(DatabaseConfig config) {
    Flyway.configure()
        .jdbcProperties(
            Map.of(
                "connectTimeout",
                "" + CONNECT_SECONDS,
                // A server that takes connections may still be one that never answers.
                "loginTimeout",
                "" + 2 * CONNECT_SECONDS,
                "tcpKeepAlive",
                "true"))
        .dataSource(config.url(), config.user(), config.password())
        .locations(SCHEMA)
        .load()
        .migrate();
  }

  private static HikariConfig hikari(DatabaseConfig config) {
    long statement = config.statementTimeout().toMillis();
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("payment-ledger");
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setAutoCommit(false);
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setConnectionTimeout(statement);
    hikari.addDataSourceProperty("ApplicationName", "holdfast-payment");
    hikari.addDataSourceProperty("connectTimeout", CONNECT_SECONDS);
    hikari.addDataSourceProperty("tcpKeepAlive", "true");
    // Twice the server's own limit: only a server that has gone silent gets there.
    hikari.addDataSourceProperty("socketTimeout", Math.max(1, 2 * statement / 1000));
    // What is acknowledged must be in the log, also where the server's default is not to wait for
    // it.
    hikari.addDataSourceProperty(
        "options",
        "-c synchronous_commit=on"
            + " -c statement_timeout="
            + statement
            + " -c lock_timeout="
            + statement
            + " -c idle_in_transaction_session_timeout="
            + config.idleTimeout().toMillis());
    return hikari;
  }

  private static void checkLayout(Layout layout, ShardMap map) {
    if (layout.shards() != map.shards()) {
      throw new IllegalArgumentException(
          "the ledger is laid out in "
              + layout.shards()
              + " shards, and this node was told "
              + map.shards()
              + ": start it with the same number");
    }
  }

  private static Layout layOut(Connection connection, int shards) throws SQLException {
    try (PreparedStatement first =
        connection.prepareStatement(
            "INSERT INTO ledger_layout (shards) VALUES (?) ON CONFLICT DO NOTHING")) {
      first.setInt(1, shards);
      first.executeUpdate();
    }
    Layout layout;
    try (PreparedStatement read =
            connection.prepareStatement("SELECT shards, secret FROM ledger_layout");
        ResultSet row = read.executeQuery()) {
      row.next();
      layout = new Layout(row.getInt(1), new LedgerIdentity(row.getBytes(2)));
    }
    try (PreparedStatement rows =
        connection.prepareStatement(
            "INSERT INTO shard (shard) SELECT generate_series(0, ? - 1) ON CONFLICT DO NOTHING")) {
      rows.setInt(1, layout.shards());
      rows.executeUpdate();
    }
    return layout;
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
  }

  /** The pooled connections; auto-commit is off. */
  public DataSource connections() {
    return pool;
  }

  /** How many transactions can run at a time. */
  public int poolSize() {
    return pool.getMaximumPoolSize();
  }

  /** By what the ledger's nodes know each other. */
  public LedgerIdentity identity() {
    return identity;
  }

  SqlTransactions transactions() {
    return transactions;
  }

  @Override
  public void close() {
    pool.close();
  }
}
