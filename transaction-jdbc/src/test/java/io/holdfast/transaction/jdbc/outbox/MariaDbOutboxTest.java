package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.jdbc.SharedDatabases;
import java.sql.SQLException;
import javax.sql.DataSource;

/** In MariaDB. */
final class MariaDbOutboxTest extends OutboxContract {

  @Override
  DataSource database() throws SQLException {
    return SharedDatabases.mariaDb();
  }
}
