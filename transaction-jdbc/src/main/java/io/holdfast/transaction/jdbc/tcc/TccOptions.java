package io.holdfast.transaction.jdbc.tcc;

import java.time.Duration;

/**
 * How tries, confirms and cancels are run.
 *
 * @param threads so many tries at a time; each needs a connection
 * @param waiting so many more may wait for a thread; any beyond fail at once
 * @param statementTimeout for each statement of the barrier, in the database; those of actions are
 *     the application's to bound
 */
public record TccOptions(int threads, int waiting, Duration statementTimeout) {

  /** 16 threads, 1,000 waiting, ten seconds. */
  public static TccOptions defaults() {
    return new TccOptions(16, 1_000, Duration.ofSeconds(10));
  }

  public TccOptions {
    if (threads < 1 || waiting < 1 || statementTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "at least one thread, one place to wait, and one second for a statement");
    }
  }

  /** With another number of threads. */
  public TccOptions withThreads(int other) {
    return new TccOptions(other, waiting, statementTimeout);
  }

  /** With another time-out for the barrier's statements. */
  public TccOptions withStatementTimeout(Duration other) {
    return new TccOptions(threads, waiting, other);
  }
}
