package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.testing.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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
}
