package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.jdbc.SharedDatabases;
import java.sql.SQLException;
import javax.sql.DataSource;

/** In MariaDB. */
final class MariaDbSagaTest extends SagaContract {

  @Override
  DataSource database() throws SQLException {
    return SharedDatabases.mariaDb();
  }
}
