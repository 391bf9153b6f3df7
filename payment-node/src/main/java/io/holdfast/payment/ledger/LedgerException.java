package io.holdfast.payment.ledger;

/** Why the ledger gave no receipt. The subclasses say what is known about the effect. */
public abstract sealed class LedgerException extends RuntimeException
    permits StaleOwnerException,
        KeyReusedException,
        LedgerUnavailableException,
        OutcomeUnknownException {

  private static final long serialVersionUID = 1;

  LedgerException(String message) {
    super(message);
  }

  LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
