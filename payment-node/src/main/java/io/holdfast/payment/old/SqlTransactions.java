package io.holdfast.payment.old;

import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in one transaction and tells the three outcomes apart: committed, certainly not
 * committed, unknown.
 *
 * <p>What PostgreSQL asks to try again (SQL state class 40: deadlock, serialization) is tried again
 * a few times. Before COMMIT is sent any failure means no effect, since the server rolls back what
 * was not committed. Once it is sent, only an answer that PostgreSQL gives before it commits is a
 * definite no.
 */
final class SqlTransactions {

  private static final Logger LOG = LoggerFactory.getLogger(SqlTransactions.class);
  private static final int ATTEMPTS = 4;
  private static final long LONGEST_PAUSE_MILLIS = 20;

  private final DataSource pool;

  SqlTransactions(DataSource pool) {
    this.pool = pool;
  }

  /** Work inside a transaction; may run several times. */
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  /**
   * Runs and commits.
   *
   * @throws LedgerUnavailableException no effect
   * @throws OutcomeUnknownException the connection broke at COMMIT
   */
  <T> T run(Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(work);
      } catch (SQLException e) {
        if (attempt == ATTEMPTS || !isConflict(e)) {
          throw new LedgerUnavailableException(
              "the database could not do it: " + firstLine(e) + " (" + e.getSQLState() + ")", e);
        }
        long pause = ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_MILLIS * attempt);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
      }
    }
  }

  private <T> T once(Work<T> work) throws SQLException {
    Connection connection = pool.getConnection();
    try {
      T result = work.in(connection);
      commit(connection);
      return result;
    } catch (SQLException | RuntimeException e) {
      rollback(connection);
      throw e;
    } finally {
      giveBack(connection);
    }
  }

  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (isDefiniteAtCommit(e)) {
        throw e;
      }
      throw new OutcomeUnknownException(e);
    }
  }

  private static boolean isConflict(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("40");
  }

  /** Conflicts and violated deferred constraints are found before the commit record is written. */
  private static boolean isDefiniteAtCommit(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && ((state.startsWith("40") && !state.equals("40003")) || state.startsWith("23"));
  }

  private static void rollback(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("no rollback, the connection is gone: {}", firstLine(e));
    }
  }

  /** Must not fail: by now the transaction may be committed. */
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a connection did not close: {}", firstLine(e));
    }
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
