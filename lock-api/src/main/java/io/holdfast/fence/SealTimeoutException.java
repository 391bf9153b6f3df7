package io.holdfast.fence;

import io.holdfast.spi.Durations;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;

/**
 * A seal did not get hold of the fence's row within its time: an earlier holder has passed its
 * check, and its transaction is neither committed nor rolled back. Nothing was changed, and the
 * caller's transaction can go on.
 */
public final class SealTimeoutException extends SQLTimeoutException {

  private static final long serialVersionUID = 1;
  private static final String STATE = "HYT00";

  /** One text for each. */
  private final String[] inTheWay;

  SealTimeoutException(String resource, Duration waited, List<String> inTheWay, SQLException why) {
    super(
        "the seal of '"
            + resource
            + "' has waited "
            + Durations.millis(waited)
            + " ms in vain: "
            + (inTheWay.isEmpty()
                ? "who was in the way is gone by now, or the database does not tell"
                : "in the way is " + String.join("; or ", inTheWay)),
        STATE,
        why.getErrorCode(),
        why);
    this.inTheWay = inTheWay.toArray(new String[0]);
  }

  /**
   * Who is in the way, for people to read: on PostgreSQL process, application, state and how long
   * its transaction has been open. Empty if they are gone by now, or the database does not tell.
   */
  public List<String> inTheWay() {
    return List.of(inTheWay);
  }
}
