package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.fence.SealTimeoutException;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.testing.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fence in PostgreSQL. */
class PostgresFenceTest extends JdbcFenceContract {

  @Override
  String freshDatabase() {
    DatabaseConfig config = TestPostgres.freshDatabase();
    return config.url() + "?user=" + config.user() + "&password=" + config.password();
  }

  @Override
  Set<Integer> sealed() {
    return Set.of(Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED);
  }

  @Override
  Set<Column> columns() {
    return Set.of(Column.UUID, Column.TEXT);
  }

  @Override
  String countOfWaiting() {
    return "SELECT count(*) FROM pg_stat_activity"
        + " WHERE datname = current_database() AND wait_event_type = 'Lock'";
  }

  @Override
  String lockTimeout() {
    return "SELECT current_setting('lock_timeout')";
  }

  @Override
  String blocker() {
    return "process \\d+, application PostgreSQL JDBC Driver.*, idle in transaction, open for \\d+ s";
  }

  @Override
  boolean locksForSharing() {
    return true;
  }

  @Test
  void sealAndCheck_readOnlyConnection_areRefused() throws SQLException {
    JdbcFence<String> fence = JdbcFence.inTable("fence", Column.TEXT);
    FencingToken token = FencingToken.of(new Revision(7));
    try (Connection connection = DriverManager.getConnection(freshDatabase())) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      assertThatThrownBy(() -> fence.seal(connection, "orders", token))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> fence.check(connection, "orders", token))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("read-only");
    }
  }

  /** Several who share the lock are named by the row as one. */
  @Test
  void seal_severalInTheWay_namesThemAll() throws SQLException {
    JdbcFence<String> fence = JdbcFence.inTable("fence", Column.TEXT);
    FencingToken old = FencingToken.of(new Revision(7));
    String url = freshDatabase();
    try (Connection one = DriverManager.getConnection(url + "&ApplicationName=one");
        Connection two = DriverManager.getConnection(url + "&ApplicationName=two");
        Connection successor = DriverManager.getConnection(url)) {
      try (Statement statement = successor.createStatement()) {
        statement.execute(JdbcFence.ddl(successor, "fence", Column.TEXT));
      }
      fence.enrol(successor, "orders");
      fence.seal(successor, "orders", old);
      for (Connection writer : List.of(one, two)) {
        writer.setAutoCommit(false);
        writer.setSavepoint();
        fence.check(writer, "orders", old);
      }

      assertThatThrownBy(
              () ->
                  fence.seal(
                      successor,
                      "orders",
                      FencingToken.of(new Revision(9)),
                      Duration.ofMillis(200)))
          .isInstanceOf(SealTimeoutException.class)
          .hasMessageContaining("application one")
          .hasMessageContaining("application two");
    }
  }
}
