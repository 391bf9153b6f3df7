package io.holdfast.chaos.bank;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ledger's databases, each on a PostgreSQL of its own. For one thread. */
final class BankDatabases implements AutoCloseable {

  private static final String DATABASE = "ledger";

  /** Its {@code synchronous_commit} is off: the ledger has to ask for better by itself. */
  private static final Map<String, String> SETTINGS =
      Map.of("max_connections", "100", "max_prepared_transactions", "100");

  private final Map<String, PostgresServer> servers = new TreeMap<>();
  private final Map<String, DatabaseConfig> configs = new TreeMap<>();

  /**
   * Starts two servers.
   *
   * @param address where they listen
   */
  BankDatabases(String address) {
    try {
      for (String name : List.of("a", "b")) {
        PostgresServer server = PostgresServer.start(address, SETTINGS);
        servers.put(name, server);
        server.run("CREATE DATABASE " + DATABASE);
        configs.put(
            name,
            DatabaseConfig.of(
                server.anonymousUrl(DATABASE), PostgresServer.USER, PostgresServer.USER));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** How they are reached, by their names in the ledger. */
  Map<String, DatabaseConfig> configs() {
    return configs;
  }

  /** By their names in the ledger. */
  Map<String, PostgresServer> servers() {
    return servers;
  }

  /** Product and version. */
  String version() throws SQLException {
    try (Connection connection = connect(configs.values().iterator().next())) {
      DatabaseMetaData about = connection.getMetaData();
      return about.getDatabaseProductName() + " " + about.getDatabaseProductVersion();
    }
  }

  /** How many transactions are prepared in all of them. */
  int inDoubt() throws SQLException {
    int count = 0;
    for (DatabaseConfig each : configs.values()) {
      try (Connection connection = connect(each);
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_prepared_xacts")) {
        row.next();
        count += row.getInt(1);
      }
    }
    return count;
  }

  static Connection connect(DatabaseConfig database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  @Override
  public void close() {
    servers.values().forEach(PostgresServer::close);
  }
}
