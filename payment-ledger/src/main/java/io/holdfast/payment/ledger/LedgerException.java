package io.holdfast.payment.ledger;

import org.jspecify.annotations.Nullable;

/** Why the ledger gave no answer. The subclasses say what is known about the effect. */
public abstract class LedgerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what to do. */
  protected LedgerException(String message) {
    super(message);
  }

  /** With what to do, and why. */
  protected LedgerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
