package io.holdfast.fence;

import io.holdfast.spi.Durations;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;

/**
 * A seal could not lock the fence's row in time. An earlier holder has passed its check, and its
 * transaction is neither committed nor rolled back. Nothing was changed, and the caller's
 * transaction can go on.
 */
public final class SealTimeoutException extends SQLTimeoutException {

  private static final long serialVersionUID = 1;
  private static final String STATE = "HYT00";

  /** One text for each blocker. */
  private final String[] inTheWay;

  SealTimeoutException(String resource, Duration waited, List<String> inTheWay, SQLException why) {
    super(
        "the seal of '"
            + resource
            + "' has waited "
            + Durations.millis(waited)
            + " ms: "
            + (inTheWay.isEmpty()
                ? "the transaction that blocked it has ended, or the database does not name it"
                : "it is blocked by " + String.join("; or ", inTheWay)),
        STATE,
        why.getErrorCode(),
        why);
    this.inTheWay = inTheWay.toArray(new String[0]);
  }

  /**
   * Who blocks the seal, as texts for people: on PostgreSQL the process, application, state and how
   * long its transaction has been open. Empty if the transaction has ended by now, or the database
   * does not name it.
   */
  public List<String> inTheWay() {
    return List.of(inTheWay);
  }
}
