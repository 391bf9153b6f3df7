package io.holdfast.payment.ledger;

/**
 * No effect: the request had waited until its {@link Deadline} and was not begun. It may be tried
 * again.
 */
public final class ExpiredException extends LedgerException {

  private static final long serialVersionUID = 1;

  /** Of a request. */
  public ExpiredException() {
    super("the request waited until its deadline and was not begun");
  }
}
