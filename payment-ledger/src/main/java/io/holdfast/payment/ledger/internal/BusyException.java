package io.holdfast.payment.ledger.internal;

/** A transaction under way will change what is to be looked at. To be tried again in a moment. */
final class BusyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BusyException() {
    super("a transaction under way concerns the same document", null, false, false);
  }
}
