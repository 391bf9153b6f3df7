package io.holdfast.payment.ledger;

/** No effect: the idempotency key belongs to another request of the caller. */
public final class KeyReusedException extends LedgerException {

  private static final long serialVersionUID = 1;

  /** With this key. */
  public KeyReusedException(String key) {
    super("the idempotency key " + key + " was used for a different request");
  }
}
