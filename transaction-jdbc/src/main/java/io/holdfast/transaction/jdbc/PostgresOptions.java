package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Durations;
import java.time.Duration;

/**
 * How a database is used as a participant.
 *
 * @param threads so many branches are worked on at a time, by threads of its own or, one alone, of
 *     the caller; each needs a connection, for which it waits as long as the pool lets it
 * @param waiting so many more may wait for a thread; any beyond refuse at once
 * @param controlTimeout for each statement of the second phase and of recovery, in the database
 */
public record PostgresOptions(int threads, int waiting, Duration controlTimeout) {

  /** 32 threads, 1,000 waiting, ten seconds. */
  public static PostgresOptions defaults() {
    return new PostgresOptions(32, 1_000, Duration.ofSeconds(10));
  }

  public PostgresOptions {
    if (threads < 1 || waiting < 1 || Durations.millis(controlTimeout) < 1) {
      throw new IllegalArgumentException("all of them are positive");
    }
  }

  /** With another number of threads. */
  public PostgresOptions withThreads(int other) {
    return new PostgresOptions(other, waiting, controlTimeout);
  }

  /** With another time-out for the second phase. */
  public PostgresOptions withControlTimeout(Duration other) {
    return new PostgresOptions(threads, waiting, other);
  }
}
