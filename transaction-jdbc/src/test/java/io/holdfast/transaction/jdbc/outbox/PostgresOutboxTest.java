package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.jdbc.SharedDatabases;
import javax.sql.DataSource;

/** In PostgreSQL. */
final class PostgresOutboxTest extends OutboxContract {

  @Override
  DataSource database() {
    return SharedDatabases.postgres();
  }
}
