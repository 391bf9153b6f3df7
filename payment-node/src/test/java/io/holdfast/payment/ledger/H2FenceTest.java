package io.holdfast.payment.ledger;

import io.holdfast.fence.JdbcFence.Column;
import java.sql.Connection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The fence in H2. */
class H2FenceTest extends JdbcFenceContract {

  private static final AtomicInteger DATABASES = new AtomicInteger();

  @Override
  String freshDatabase() {
    return "jdbc:h2:mem:fence-"
        + DATABASES.incrementAndGet()
        + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000";
  }

  @Override
  Set<Integer> sealed() {
    return Set.of(Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED);
  }

  @Override
  Set<Column> columns() {
    return Set.of(Column.UUID, Column.TEXT);
  }

  @Override
  String countOfWaiting() {
    return "SELECT count(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
  }

  /** H2 names no blocker here. */
  @Override
  String countOfInserting() {
    return "SELECT count(*) FROM INFORMATION_SCHEMA.SESSIONS"
        + " WHERE EXECUTING_STATEMENT LIKE 'INSERT%'";
  }

  @Override
  String lockTimeout() {
    return "CALL LOCK_TIMEOUT()";
  }

  @Override
  String blocker() {
    return "session \\d+ of .*, connected since .*";
  }

  @Override
  boolean locksForSharing() {
    return false;
  }
}
