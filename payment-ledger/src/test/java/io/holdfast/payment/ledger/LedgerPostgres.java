package io.holdfast.payment.ledger;

import io.holdfast.testkit.postgres.PostgresServer;
import java.util.Map;

/** One real PostgreSQL for all tests of the JVM, a fresh database for whoever asks. */
public final class LedgerPostgres {

  private LedgerPostgres() {}

  /** Started by the first who needs it; ends with the JVM. */
  private static final class Server {
    static final PostgresServer RUNNING =
        PostgresServer.start(Map.of("fsync", "off", "max_connections", "300"));
  }

  /** A new, empty database. */
  public static DatabaseConfig freshDatabase() {
    String url = Server.RUNNING.freshUrl();
    return DatabaseConfig.of(
        url.substring(0, url.indexOf('?')), PostgresServer.USER, PostgresServer.USER);
  }
}
