package io.holdfast.transaction.jdbc.internal;

import io.holdfast.transaction.internal.BlockingCalls;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local transactions on threads of their own, each at READ COMMITTED on a connection that is taken
 * and given back for it. Thread-safe.
 */
public final class LocalTransactions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalTransactions.class);
  private static final int MOST_WAITING = 10_000;

  private final String name;
  private final String making;
  private final DataSource source;
  private final BlockingCalls workers;

  /** Null until the first connection was there. */
  private volatile @Nullable Durability durability;

  /** What a transaction does. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; it is committed unless this throws. */
    T with(Connection connection) throws SQLException;
  }

  /**
   * None yet.
   *
   * @param name of the threads
   * @param source of connections
   * @param most of them at a time, and of threads
   * @param making what makes the tables, for whoever has none
   */
  public LocalTransactions(String name, DataSource source, int most, String making) {
    this.name = name;
    this.making = making;
    this.source = source;
    this.workers = new BlockingCalls(name, most, MOST_WAITING);
  }

  /** Runs one, some time soon. */
  public <T> CompletionStage<T> run(Work<T> work) {
    return workers.call(() -> runNow(work));
  }

  /** Runs one in this thread. */
  public <T> T runNow(Work<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      int isolation = connection.getTransactionIsolation();
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
      connection.setAutoCommit(false);
      boolean good = false;
      try {
        insistOnDurability(connection);
        T result = work.with(connection);
        connection.commit();
        good = true;
        return result;
      } catch (SQLException e) {
        throw MissingTables.explained(e, making);
      } finally {
        // To turn auto-commit on commits what is left, of whatever has been thrown.
        if (good || rollBack(connection)) {
          restore(connection, autoCommit, isolation);
        }
      }
    }
  }

  /** First in a transaction that others run on a connection to the same database. */
  public void insistOnDurability(Connection connection) throws SQLException {
    durability(connection).insist(connection);
  }

  private Durability durability(Connection connection) throws SQLException {
    Durability known = durability;
    if (known == null) {
      known = Durability.of(connection, name);
      durability = known;
    }
    return known;
  }

  private static boolean rollBack(Connection connection) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException gone) {
      LOG.debug("not rolled back: the connection is gone, and the transaction with it", gone);
      return false;
    }
  }

  private static void restore(Connection connection, boolean autoCommit, int isolation) {
    try {
      connection.setAutoCommit(autoCommit);
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(isolation);
      }
    } catch (SQLException gone) {
      LOG.debug("not restored: the connection is gone", gone);
    }
  }

  /** Takes no more. What has begun goes on. */
  @Override
  public void close() {
    workers.close();
  }
}
