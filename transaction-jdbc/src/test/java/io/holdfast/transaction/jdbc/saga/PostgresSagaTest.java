package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.jdbc.SharedDatabases;
import javax.sql.DataSource;

/** In PostgreSQL. */
final class PostgresSagaTest extends SagaContract {

  @Override
  DataSource database() {
    return SharedDatabases.postgres();
  }
}
