package io.holdfast.transaction.jdbc.outbox;

import java.time.Instant;

/** Nobody knows any more whether the message was seen: its work may have been done. */
public final class MessageTooOldException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which message. */
  public MessageTooOldException(String id, Instant created) {
    super(
        "message "
            + id
            + " of "
            + created
            + " is older than what is remembered: an operator has to find out whether its work was"
            + " done");
  }
}
