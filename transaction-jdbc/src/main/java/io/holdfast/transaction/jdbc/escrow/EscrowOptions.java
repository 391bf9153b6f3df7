package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.spi.Durations;
import java.time.Duration;

/**
 * How a ledger is used.
 *
 * @param deadline how long a hold may wait for its decision, by the database's clock; after that
 *     the owner has it decided, which aborts it if nobody has decided to commit
 * @param batch so many holds and settlements at most share a local commit
 * @param waiting so many more may wait for the next; any beyond fail at once
 * @param statementTimeout for each statement, in the database
 */
public record EscrowOptions(Duration deadline, int batch, int waiting, Duration statementTimeout) {

  /** One minute; 512; 20,000; ten seconds. */
  public static EscrowOptions defaults() {
    return new EscrowOptions(Duration.ofMinutes(1), 512, 20_000, Duration.ofSeconds(10));
  }

  public EscrowOptions {
    if (Durations.millis(deadline) < 1
        || batch < 1
        || waiting < 1
        || statementTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException("all of them are positive, the last at least a second");
    }
  }

  /** With another deadline. */
  public EscrowOptions withDeadline(Duration other) {
    return new EscrowOptions(other, batch, waiting, statementTimeout);
  }

  /** With another size of batches. */
  public EscrowOptions withBatch(int other) {
    return new EscrowOptions(deadline, other, waiting, statementTimeout);
  }
}
