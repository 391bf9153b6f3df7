package io.holdfast.payment.ledger;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a node when its database cannot be reached any more, and when it can again: a node that has
 * lost only its database still has its locks, so nobody else would serve its shards.
 *
 * <p>Asks once a second on a thread of its own. After some failures in a row the database counts as
 * lost, after the first answer as found. What waits for a connection longer than a try may take
 * counts as a failure, so a pool that is all in use for long is one too: who cannot get a
 * connection cannot serve.
 */
public final class DatabaseWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
  private static final int FAILURES = 3;

  private final Database database;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "payment-database-watch");
            made.setDaemon(true);
            return made;
          });

  /** Used by the thread alone. */
  private int failures;

  private volatile boolean reachable = true;

  /** Over a database that answered just now. */
  public DatabaseWatch(Database database) {
    this.database = database;
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
      boolean answers = database.answers();
      failures = answers ? 0 : failures + 1;
      if (answers != reachable && (answers || failures >= FAILURES)) {
        reachable = answers;
        if (answers) {
          LOG.info("the database answers again");
        } else {
          LOG.warn("the database does not answer; giving up the shards until it does");
        }
        onChange.accept(answers);
      }
    } catch (RuntimeException e) {
      LOG.error("the watch over the database failed by a fault of its own", e);
    }
  }

  /** Whether the database counts as reachable. */
  public boolean isReachable() {
    return reachable;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
