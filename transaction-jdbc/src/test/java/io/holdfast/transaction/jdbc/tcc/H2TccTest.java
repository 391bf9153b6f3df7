package io.holdfast.transaction.jdbc.tcc;

import java.util.UUID;

/** The barrier in H2. */
final class H2TccTest extends TccContract {

  @Override
  String freshUrl() {
    return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000";
  }
}
