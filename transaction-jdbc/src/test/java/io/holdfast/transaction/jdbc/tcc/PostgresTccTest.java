package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.transaction.jdbc.FreshDatabases;

/** The barrier in PostgreSQL. */
final class PostgresTccTest extends TccContract {

  @Override
  String freshUrl() {
    return FreshDatabases.url();
  }
}
