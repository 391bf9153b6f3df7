package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.jdbc.SharedDatabases;
import javax.sql.DataSource;

/** In H2. */
final class H2OutboxTest extends OutboxContract {

  @Override
  DataSource database() {
    return SharedDatabases.h2();
  }
}
