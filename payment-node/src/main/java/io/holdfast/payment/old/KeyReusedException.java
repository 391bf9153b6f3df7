package io.holdfast.payment.old;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.LedgerException;

/** No effect: the idempotency key belongs to another request. */
public final class KeyReusedException extends LedgerException {

  private static final long serialVersionUID = 1;

  KeyReusedException(IdempotencyKey key) {
    super("the idempotency key " + key + " was used for a different request");
  }
}
