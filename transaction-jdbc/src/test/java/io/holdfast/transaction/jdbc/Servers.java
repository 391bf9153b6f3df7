package io.holdfast.transaction.jdbc;

import io.holdfast.testkit.postgres.PostgresServer;
import java.util.Map;

/** The PostgreSQL servers of all tests of the JVM; each class has databases of its own there. */
final class Servers {

  private Servers() {}

  /** Nobody kills it. */
  static PostgresServer first() {
    return First.SERVER;
  }

  /** Nobody kills it. */
  static PostgresServer second() {
    return Second.SERVER;
  }

  /** Killed by whoever holds the resource {@value #MORTAL}. */
  static PostgresServer mortal() {
    return Mortal.SERVER;
  }

  static final String MORTAL = "the mortal PostgreSQL";

  private static final class First {
    static final PostgresServer SERVER = start();
  }

  private static final class Second {
    static final PostgresServer SERVER = start();
  }

  private static final class Mortal {
    static final PostgresServer SERVER = start();
  }

  private static PostgresServer start() {
    PostgresServer server = PostgresServer.start(SETTINGS);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "holdfast-end-postgres"));
    return server;
  }

  /** Of a server that takes part. */
  static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections", "300",
          "synchronous_commit", "on",
          "max_prepared_transactions", "128");
}
