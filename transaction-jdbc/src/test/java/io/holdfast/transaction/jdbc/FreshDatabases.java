package io.holdfast.transaction.jdbc;

import io.holdfast.testkit.process.TemporaryFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Databases of one PostgreSQL that nobody kills; it is started for the first, ends with the JVM.
 */
public final class FreshDatabases {

  private static final AtomicInteger MADE = new AtomicInteger();

  private FreshDatabases() {}

  private static final class Server {
    private static final TemporaryFolder FOLDER = TemporaryFolder.create("holdfast-postgres");
    private static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(FOLDER.path().resolve("program").toFile())
                .setDataDirectory(FOLDER.path().resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("max_connections", "200")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_prepared_transactions", "128")
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      try {
                        server.close();
                        FOLDER.close();
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL does not start", e);
      }
    }
  }

  /** The JDBC address of a new, empty database. */
  public static String url() {
    String name = "fresh_" + MADE.incrementAndGet();
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return "jdbc:postgresql://127.0.0.1:"
        + Server.POSTGRES.getPort()
        + "/"
        + name
        + "?user=postgres&socketTimeout=20";
  }
}
