package io.holdfast.registry;

import java.time.Instant;

/**
 * The status that an operator gave an instance, in place of its own. It is kept under a key of its
 * own, {@code services/<service>/<id>~override}, and so survives that the instance updates,
 * restarts or registers again, until it is cleared.
 *
 * @param status the status that views show. {@link InstanceStatus#UP} does not call back one that
 *     is {@link InstanceStatus#DRAINING} by itself: it is on its way out
 * @param by the operator's name; 1 to 128 visible characters
 * @param why for the audit; at most 1,024 characters
 * @param at when, by the clock of the machine that was used
 */
public record StatusOverride(InstanceStatus status, String by, String why, Instant at) {

  private static final int LONGEST_NAME = 128;
  private static final int LONGEST_REASON = 1_024;

  public StatusOverride {
    if (by.isBlank() || by.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "the operator's name is 1 to " + LONGEST_NAME + " characters");
    }
    if (why.length() > LONGEST_REASON) {
      throw new IllegalArgumentException("a reason has at most " + LONGEST_REASON + " characters");
    }
    at = Instant.ofEpochMilli(at.toEpochMilli());
  }

  /** What others take an instance for that says {@code own} of itself. */
  public InstanceStatus over(InstanceStatus own) {
    return status == InstanceStatus.UP && own == InstanceStatus.DRAINING ? own : status;
  }
}
