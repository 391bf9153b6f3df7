package io.holdfast.registry;

import java.time.Instant;

/**
 * The status that an operator gave an instance, in place of its own. It is kept under a key of its
 * own, {@code services/<service>/<id>~override}, so it survives updates, restarts and new
 * registrations of the instance, until it is cleared.
 *
 * @param status the status that views show. {@link InstanceStatus#UP} has no effect on an instance
 *     that is {@link InstanceStatus#DRAINING} by itself, because it is leaving
 * @param by the operator's name; 1 to 128 visible characters
 * @param why for the audit; at most 1,024 characters
 * @param at when it was set, by the clock of the operator's machine
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

  /** The effective status of an instance whose own status is {@code own}. */
  public InstanceStatus over(InstanceStatus own) {
    return status == InstanceStatus.UP && own == InstanceStatus.DRAINING ? own : status;
  }
}
