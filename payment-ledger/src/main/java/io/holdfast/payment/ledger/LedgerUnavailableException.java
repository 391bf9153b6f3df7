package io.holdfast.payment.ledger;

import org.jspecify.annotations.Nullable;

/** No effect: the database could not do it now. It may be tried again. */
public final class LedgerUnavailableException extends LedgerException {

  private static final long serialVersionUID = 1;

  public LedgerUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
