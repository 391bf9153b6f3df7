package io.holdfast.transaction;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How transactions are run.
 *
 * @param timeout for a transaction from the call of commit until it is decided; after it nothing
 *     new is decided
 * @param sweep how often to look for what others have left unfinished. What a dead coordinator
 *     leaves is settled at most its session time-out and twice this after its death, if
 *     participants can be reached
 * @param retention how long at least to remember how the transactions of a dead coordinator ended,
 *     for callers who still ask; by clocks of different machines
 * @param traceIds asked, in the thread that commits, for the trace that a transaction belongs to.
 *     It goes with the decision into the cluster, into events and into logs: no secrets
 */
public record TransactionOptions(
    Duration timeout, Duration sweep, Duration retention, Supplier<Optional<String>> traceIds) {

  /** Without traces. */
  public TransactionOptions(Duration timeout, Duration sweep, Duration retention) {
    this(timeout, sweep, retention, Optional::empty);
  }

  /** Ten seconds, one second, ten minutes. */
  public static TransactionOptions defaults() {
    return new TransactionOptions(
        Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  public TransactionOptions {
    positive("time-out", timeout);
    positive("sweep", sweep);
    positive("retention", retention);
  }

  private static void positive(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the " + what + " must be positive: " + duration);
    }
  }

  /** With another time-out. */
  public TransactionOptions withTimeout(Duration other) {
    return new TransactionOptions(other, sweep, retention, traceIds);
  }

  /** With another time between sweeps. */
  public TransactionOptions withSweep(Duration other) {
    return new TransactionOptions(timeout, other, retention, traceIds);
  }

  /** With another retention. */
  public TransactionOptions withRetention(Duration other) {
    return new TransactionOptions(timeout, sweep, other, traceIds);
  }

  /** With traces from {@code source}, such as the tracer's present span. */
  public TransactionOptions withTraceIds(Supplier<Optional<String>> source) {
    return new TransactionOptions(timeout, sweep, retention, source);
  }
}
