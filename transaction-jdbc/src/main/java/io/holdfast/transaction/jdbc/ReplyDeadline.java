package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the thread that waits for answers on a connection still has. After that the driver gives
 * the connection up, and so the answer. Costs no round trip.
 */
final class ReplyDeadline implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplyDeadline.class);
  private static final int NONE = 0;

  /** Of work that had no more time. */
  private static final String QUERY_CANCELED = "57014";

  private final Connection connection;
  private final long deadline;
  private final int before;

  private ReplyDeadline(Connection connection, long deadline, int before) {
    this.connection = connection;
    this.deadline = deadline;
    this.before = before;
  }

  /**
   * Sets it.
   *
   * @param deadline of {@link System#nanoTime}
   * @throws SQLException if it has passed, or the connection is gone
   */
  static ReplyDeadline on(Connection connection, long deadline) throws SQLException {
    ReplyDeadline bound = new ReplyDeadline(connection, deadline, boundOf(connection));
    bound.renew();
    return bound;
  }

  private static int boundOf(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException unbounded) {
      return NONE;
    }
  }

  /** At least a millisecond. */
  Duration left() {
    return Duration.ofMillis(millis());
  }

  private int millis() {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
  }

  /**
   * Sets what is left now, unless the connection has a shorter bound of its own.
   *
   * @throws SQLException if nothing is
   */
  void renew() throws SQLException {
    if (deadline - System.nanoTime() <= 0) {
      throw new SQLException("there is no time left", QUERY_CANCELED);
    }
    int millis = millis();
    if (before == NONE || millis < before) {
      set(millis);
    }
  }

  /** A pool need not do it. */
  @Override
  public void close() {
    try {
      if (!connection.isClosed()) {
        set(before);
      }
    } catch (SQLException gone) {
      LOG.debug("a connection is gone", gone);
    }
  }

  private void set(int millis) throws SQLException {
    try {
      connection.setNetworkTimeout(Runnable::run, millis);
    } catch (SQLFeatureNotSupportedException unbounded) {
      LOG.debug("the connection has no bound but that of its address", unbounded);
    }
  }
}
