package io.holdfast.payment.ledger;

/**
 * The connection broke at COMMIT: it may or may not have taken effect. Only a retry under the same
 * key can tell.
 */
public final class OutcomeUnknownException extends LedgerException {

  private static final long serialVersionUID = 1;

  public OutcomeUnknownException(Throwable cause) {
    super("the connection to the database broke at COMMIT; the outcome is unknown", cause);
  }
}
