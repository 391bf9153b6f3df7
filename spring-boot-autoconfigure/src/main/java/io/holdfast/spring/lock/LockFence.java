package io.holdfast.spring.lock;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.SealTimeoutException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Has a database refuse the transactions of a {@link Locked} method that was overtaken. A bean that
 * {@link Locked#fence} names; the resource is the lock's name.
 *
 * <pre>
 *   &#64;Bean
 *   LockFence ledgerFence(DataSource database) {
 *     return new LockFence(database, JdbcFence.inTable("fence", JdbcFence.Column.TEXT));
 *   }
 * </pre>
 *
 * <p>The table is made by the application's migrations, with the statement of {@link
 * JdbcFence#ddl}. The row of a lock is made when the lock is first held.
 */
public final class LockFence {

  /** How long a seal waits for an earlier holder's open transaction, unless another is chosen. */
  public static final Duration SEAL_WAIT = Duration.ofSeconds(10);

  private final DataSource dataSource;
  private final JdbcFence<String> fence;
  private final Duration sealWait;

  /** With {@link #SEAL_WAIT}. */
  public LockFence(DataSource dataSource, JdbcFence<String> fence) {
    this(dataSource, fence, SEAL_WAIT);
  }

  /**
   * A fence in a database.
   *
   * @param dataSource the one of the transactions that it guards, as their transaction manager has
   *     it
   * @param sealWait how long a seal waits for an earlier holder's open transaction
   */
  public LockFence(DataSource dataSource, JdbcFence<String> fence, Duration sealWait) {
    this.dataSource = dataSource;
    this.fence = fence;
    this.sealWait = sealWait;
  }

  DataSource dataSource() {
    return dataSource;
  }

  JdbcFence<String> fence() {
    return fence;
  }

  /** On a connection of its own, committed at once. */
  void seal(LockName lock, FencingToken token) {
    try (Connection connection = dataSource.getConnection()) {
      boolean before = connection.getAutoCommit();
      connection.setAutoCommit(true);
      try {
        fence.enrol(connection, lock.text());
        fence.seal(connection, lock.text(), token, sealWait);
      } finally {
        connection.setAutoCommit(before);
      }
    } catch (SealTimeoutException e) {
      throw LockNotAcquiredException.because(
          lock, "the transaction of an earlier holder is still open", e);
    } catch (SQLException e) {
      throw LockNotAcquiredException.because(lock, "its fence could not be sealed", e);
    }
  }
}
