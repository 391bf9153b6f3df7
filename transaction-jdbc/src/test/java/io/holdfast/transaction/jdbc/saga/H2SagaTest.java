package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.jdbc.SharedDatabases;
import javax.sql.DataSource;

/** In H2. */
final class H2SagaTest extends SagaContract {

  @Override
  DataSource database() {
    return SharedDatabases.h2();
  }
}
