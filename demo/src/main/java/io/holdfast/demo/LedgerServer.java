package io.holdfast.demo;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real PostgreSQL for one demo, with the two databases of its ledger, in the demo's folder. */
final class LedgerServer implements AutoCloseable {

  private static final List<String> NAMES = List.of("a", "b");
  private static final String USER = "postgres";

  /** The server listens on loopback while the demo runs, and trusts all connections from there. */
  private static final String PASSWORD = "postgres";

  private final EmbeddedPostgres server;

  private LedgerServer(EmbeddedPostgres server) {
    this.server = server;
  }

  static LedgerServer start(Path folder) throws IOException, SQLException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("postgres").toFile())
            .setDataDirectory(folder.resolve("postgres-data"))
            .setCleanDataDirectory(true)
            .setServerConfig("max_connections", "300")
            .start();
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String name : NAMES) {
        statement.execute("CREATE DATABASE ledger_" + name);
      }
    }
    return new LedgerServer(server);
  }

  int port() {
    return server.getPort();
  }

  /** The ledger's databases, by their names in it. */
  Map<String, DatabaseConfig> databases() {
    Map<String, DatabaseConfig> databases = new TreeMap<>();
    NAMES.forEach(
        name ->
            databases.put(
                name,
                DatabaseConfig.of(
                    "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/ledger_" + name,
                    USER,
                    PASSWORD)));
    return databases;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
