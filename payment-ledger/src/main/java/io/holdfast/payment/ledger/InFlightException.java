package io.holdfast.payment.ledger;

/**
 * A request with the same key, or another one that concerns the same document, is under way. To be
 * tried again under the same key.
 */
public final class InFlightException extends LedgerException {

  private static final long serialVersionUID = 1;

  /** With what is under way. */
  public InFlightException(String what) {
    super(what);
  }
}
