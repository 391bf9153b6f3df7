package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.testkit.mariadb.MariaDbServer;

/** The barrier in MariaDB. */
final class MariaDbTccTest extends TccContract {

  @Override
  String freshUrl() {
    return MariaDbServer.shared().freshUrl();
  }
}
