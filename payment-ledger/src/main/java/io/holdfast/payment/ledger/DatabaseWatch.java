package io.holdfast.payment.ledger;

import io.holdfast.spi.Durations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a node when its database cannot be reached any more, and when it can again: a node that has
 * lost only its database still has its locks, so nobody else would serve its shards.
 *
 * <p>Asks on a thread and a connection of its own, so that a pool that is all in use does not look
 * like a database that is gone. After two failures in a row, of at most two seconds each, it counts
 * as lost, after the first answer as found.
 */
public final class DatabaseWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
  private static final int FAILURES = 2;
  private static final int PATIENCE_SECONDS = 2;

  private final String name;
  private final PGSimpleDataSource database = new PGSimpleDataSource();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "payment-database-watch");
            made.setDaemon(true);
            return made;
          });

  /** Used by the thread alone, as is what follows. */
  private @Nullable Connection connection;

  private int failures;

  private volatile boolean reachable = true;

  /**
   * Over a database that answered just now.
   *
   * @param name what it is called in the ledger
   */
  public DatabaseWatch(String name, DatabaseConfig config) {
    this.name = name;
    database.setUrl(config.url());
    database.setUser(config.user());
    database.setPassword(config.password());
    database.setApplicationName("holdfast-payment-watch");
    database.setConnectTimeout(PATIENCE_SECONDS);
    database.setLoginTimeout(PATIENCE_SECONDS);
    database.setSocketTimeout(PATIENCE_SECONDS);
  }

  /**
   * Begins to watch.
   *
   * @param every how often it asks
   * @param onChange told, on the watch's thread, whether it can be reached, after each change
   */
  public void start(Duration every, Consumer<Boolean> onChange) {
    long nanos = Durations.nanos(every);
    thread.scheduleWithFixedDelay(() -> look(onChange), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void look(Consumer<Boolean> onChange) {
    try {
      boolean answers = answers();
      failures = answers ? 0 : failures + 1;
      if (answers != reachable && (answers || failures >= FAILURES)) {
        reachable = answers;
        if (answers) {
          LOG.info("the database {} answers again", name);
        } else {
          LOG.warn("the database {} does not answer; giving up its shards until it does", name);
        }
        onChange.accept(answers);
      }
    } catch (RuntimeException e) {
      LOG.error("the watch over the database failed by a fault of its own", e);
    }
  }

  private boolean answers() {
    try {
      if (connection == null) {
        connection = database.getConnection();
      }
      if (connection.isValid(PATIENCE_SECONDS)) {
        return true;
      }
    } catch (SQLException e) {
      LOG.debug("the database does not answer", e);
    }
    hangUp();
    return false;
  }

  private void hangUp() {
    try (Connection old = connection) {
      connection = null;
    } catch (SQLException e) {
      LOG.debug("a connection that was broken could not be closed", e);
    }
  }

  /** Whether the database counts as reachable. */
  public boolean isReachable() {
    return reachable;
  }

  @Override
  public void close() {
    thread.execute(this::hangUp);
    thread.shutdown();
  }
}
