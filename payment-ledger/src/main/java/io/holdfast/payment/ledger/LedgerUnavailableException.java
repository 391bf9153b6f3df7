package io.holdfast.payment.ledger;

/** No effect: the database could not do it now. It may be tried again. */
public final class LedgerUnavailableException extends LedgerException {

  private static final long serialVersionUID = 1;

  public LedgerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
