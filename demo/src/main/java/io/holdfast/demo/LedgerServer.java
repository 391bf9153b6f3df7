package io.holdfast.demo;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.testkit.process.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real PostgreSQL for one demo, with the two databases of its ledger, in the demo's folder. */
final class LedgerServer implements AutoCloseable {

  private static final List<String> NAMES = List.of("a", "b");
  static final String USER = "postgres";

  /** The server listens on loopback while the demo runs, and trusts all connections from there. */
  static final String PASSWORD = "postgres";

  private final Path folder;
  private final int port = FreePorts.find(1).get(0);

  /** Guarded by this. */
  private EmbeddedPostgres server;

  private LedgerServer(Path folder) throws IOException {
    this.folder = folder;
    this.server = launch();
  }

  static LedgerServer start(Path folder) throws IOException, SQLException {
    LedgerServer started = new LedgerServer(folder);
    try (Connection connection = started.connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String name : NAMES) {
        statement.execute("CREATE DATABASE ledger_" + name);
      }
    }
    return started;
  }

  private EmbeddedPostgres launch() throws IOException {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(folder.resolve("postgres").toFile())
        .setDataDirectory(folder.resolve("postgres-data"))
        // It is started again on it; the folder is removed with the demo's own.
        .setCleanDataDirectory(false)
        .setPort(port)
        .setServerConfig("max_connections", "300")
        .start();
  }

  /** Stops the server, which ends all connections, and starts it again on the same port. */
  synchronized void restart() throws IOException {
    server.close();
    server = launch();
  }

  int port() {
    return port;
  }

  /** The ledger's databases, by their names in it. */
  Map<String, DatabaseConfig> databases() {
    Map<String, DatabaseConfig> databases = new TreeMap<>();
    NAMES.forEach(
        name -> databases.put(name, DatabaseConfig.of(url("ledger_" + name), USER, PASSWORD)));
    return databases;
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), USER, PASSWORD);
  }

  /**
   * What waits for the decision of a transaction over several shards.
   *
   * @param requests that have begun one
   * @param parts of them in shards
   */
  record Undecided(int requests, int parts) {

    private Undecided and(Undecided other) {
      return new Undecided(requests + other.requests, parts + other.parts);
    }

    int total() {
      return requests + parts;
    }
  }

  /** What is undecided in these shards now. */
  Undecided undecided(Collection<Integer> shards) throws SQLException {
    Undecided all = new Undecided(0, 0);
    for (String name : NAMES) {
      try (Connection connection = connect("ledger_" + name);
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT (SELECT count(*) FROM operation"
                      + " WHERE state = 'PENDING' AND shard = ANY(?)),"
                      + " (SELECT count(*) FROM branch WHERE shard = ANY(?))")) {
        statement.setObject(1, shards.toArray(Integer[]::new));
        statement.setObject(2, shards.toArray(Integer[]::new));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          all = all.and(new Undecided(row.getInt(1), row.getInt(2)));
        }
      }
    }
    return all;
  }

  /** The top-ups, by their state. */
  TopUps topUps() throws SQLException {
    TopUps all = new TopUps(new TreeMap<>(), 0, 0, 0);
    for (String name : NAMES) {
      try (Connection connection = connect("ledger_" + name);
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT d.id, d.body->>'state', (d.body->'amount'->>'amount')::bigint,"
                      + " (d.body->>'attempts')::int > 0"
                      + " FROM document d JOIN shard s USING (shard)"
                      + " WHERE d.kind = 'topup' AND s.state = 'HERE'")) {
        while (row.next()) {
          all = all.and(row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4));
        }
      }
    }
    return all;
  }

  @Override
  public synchronized void close() throws IOException {
    server.close();
  }
}
