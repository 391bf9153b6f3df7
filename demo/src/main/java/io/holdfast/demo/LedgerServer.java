package io.holdfast.demo;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;

/** A real PostgreSQL for one demo, all of it in the demo's folder. */
final class LedgerServer implements AutoCloseable {

  private static final String USER = "postgres";

  /** The server listens on loopback while the demo runs, and trusts all connections from there. */
  private static final String PASSWORD = "postgres";

  private final EmbeddedPostgres server;

  private LedgerServer(EmbeddedPostgres server) {
    this.server = server;
  }

  static LedgerServer start(Path folder) throws IOException {
    return new LedgerServer(
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("postgres").toFile())
            .setDataDirectory(folder.resolve("postgres-data"))
            .setCleanDataDirectory(true)
            .setServerConfig("max_connections", "300")
            .start());
  }

  int port() {
    return server.getPort();
  }

  DatabaseConfig config() {
    return DatabaseConfig.of(
        "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres", USER, PASSWORD);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
