package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.mariadb.MariaDbServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** The server that tests are given. */
class MariaDbServerTest {

  @Test
  void restart_afterAKill_keepsWhatWasPrepared() throws InterruptedException, SQLException {
    try (MariaDbServer server = MariaDbServer.start()) {
      String url = server.freshUrl();
      Connection killed = DriverManager.getConnection(url);
      execute(
          killed,
          "CREATE TABLE payment (id bigint PRIMARY KEY)",
          "XA START 'branch'",
          "INSERT INTO payment VALUES (1)",
          "XA END 'branch'",
          "XA PREPARE 'branch'");

      server.kill();
      server.restart();

      try (Connection connection = DriverManager.getConnection(url)) {
        execute(connection, "XA COMMIT 'branch'");
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("SELECT count(*) FROM payment")) {
          row.next();
          assertThat(row.getLong(1)).isEqualTo(1);
        }
      }
    }
  }

  private static void execute(Connection connection, String... commands) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : commands) {
        statement.execute(sql);
      }
    }
  }
}
