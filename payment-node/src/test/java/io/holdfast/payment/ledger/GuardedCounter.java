package io.holdfast.payment.ledger;

import io.holdfast.fence.JdbcFence;
import io.holdfast.lock.FencingToken;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A table that remembers who wrote, in order; with a guard before it or without. */
final class GuardedCounter implements AutoCloseable {

  /** Whether the table checks tokens. */
  enum Guard {
    NONE,
    FENCE
  }

  private static final JdbcFence<String> FENCE = JdbcFence.inTable("fence", JdbcFence.Column.UUID);
  private static final String RESOURCE = "orders";

  private final Connection connection;
  private final Guard guard;

  GuardedCounter(DatabaseConfig config, Guard guard) throws SQLException {
    this.connection = DriverManager.getConnection(config.url(), config.user(), config.password());
    this.guard = guard;
    connection.setAutoCommit(false);
  }

  void layOut() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(JdbcFence.ddl(connection, "fence", JdbcFence.Column.UUID));
      statement.execute(
          "CREATE TABLE written (n bigint GENERATED ALWAYS AS IDENTITY, token uuid NOT NULL)");
    }
    FENCE.enrol(connection, RESOURCE);
    connection.commit();
  }

  void seal(FencingToken token) throws SQLException {
    if (guard == Guard.FENCE) {
      FENCE.seal(connection, RESOURCE, token);
      connection.commit();
    }
  }

  void write(FencingToken token) throws SQLException {
    if (guard == Guard.FENCE) {
      FENCE.check(connection, RESOURCE, token);
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO written (token) VALUES (?)")) {
      insert.setObject(1, token.toUuid());
      insert.executeUpdate();
    }
    connection.commit();
  }

  List<FencingToken> writers() throws SQLException {
    List<FencingToken> writers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT token::text FROM written ORDER BY n")) {
      while (rows.next()) {
        writers.add(FencingToken.parse(rows.getString(1)));
      }
    }
    connection.commit();
    return writers;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
