package io.holdfast.transaction.jdbc;

import java.sql.SQLException;

/** What the tests do with accounts. */
final class Transfers {

  private Transfers() {}

  static SqlWork change(String account, int amount) {
    return SqlWork.of("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account)
        .expecting(1);
  }

  static PostgresParticipant participant(String name, String url) throws SQLException {
    return PostgresParticipant.open(
        name,
        PostgresServer.source(url),
        PostgresServer.source(url),
        PostgresOptions.defaults().withThreads(8));
  }
}
