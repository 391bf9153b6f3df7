package io.holdfast.payment.testing;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL for all tests of the JVM, a fresh database for whoever asks. */
public final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /** Started by the first who needs it; ends with the JVM. */
  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("fsync", "off")
            .setServerConfig("max_connections", "200")
            .setPGStartupWait(Duration.ofMinutes(1))
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A new, empty database. */
  public static DatabaseConfig freshDatabase() {
    String name = "payments_" + DATABASES.incrementAndGet();
    try (Connection admin = Server.RUNNING.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    String url = "jdbc:postgresql://localhost:" + Server.RUNNING.getPort() + "/" + name;
    return DatabaseConfig.of(url, "postgres", "postgres");
  }
}
