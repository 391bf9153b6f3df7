package io.holdfast.transaction.jdbc;

/** Two servers for all tests of the JVM; end with it. */
final class TwoDatabases {

  static final PostgresServer FIRST = new PostgresServer(64);
  static final PostgresServer SECOND = new PostgresServer(64);

  private TwoDatabases() {}

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  FIRST.close();
                  SECOND.close();
                }));
  }
}
