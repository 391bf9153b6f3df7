package io.holdfast.payment.ledger;

import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.testkit.mariadb.MariaDbServer;
import java.sql.Connection;
import java.util.Set;

/** The fence in MariaDB, whose driver counts rows found. */
class MariaDbFenceTest extends JdbcFenceContract {

  @Override
  String freshDatabase() {
    return MariaDbServer.shared().freshUrl();
  }

  @Override
  Set<Integer> sealed() {
    return Set.of(
        Connection.TRANSACTION_READ_UNCOMMITTED,
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_SERIALIZABLE);
  }

  @Override
  Set<Column> columns() {
    return Set.of(Column.TEXT);
  }

  @Override
  String countOfWaiting() {
    return "SELECT count(*) FROM information_schema.innodb_trx"
        + " JOIN information_schema.processlist ON id = trx_mysql_thread_id"
        + " WHERE trx_state = 'LOCK WAIT' AND db = database()";
  }

  @Override
  String lockTimeout() {
    return "SELECT @@innodb_lock_wait_timeout";
  }

  @Override
  String blocker() {
    return "connection \\d+ of .*, idle in transaction, open for \\d+ s";
  }

  @Override
  boolean locksForSharing() {
    return true;
  }
}
