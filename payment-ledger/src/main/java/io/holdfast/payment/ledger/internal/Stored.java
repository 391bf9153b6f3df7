package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import java.util.Optional;

/**
 * Something in the database that a transaction under way may have locked.
 *
 * @param value it
 * @param lockedBy the branch that will change it; empty if it can be read and changed
 * @param fresh whether it is there only if that branch is committed
 */
record Stored<T>(T value, Optional<String> lockedBy, boolean fresh) {

  static Stored<DocumentRow> document(DocumentRow row) {
    return new Stored<>(row, Optional.empty(), false);
  }

  static Stored<Hold> hold(Hold hold) {
    return new Stored<>(hold, Optional.empty(), false);
  }

  /**
   * Itself, if no transaction will change it.
   *
   * @throws BusyException otherwise
   */
  T free() {
    if (lockedBy.isPresent()) {
      throw new BusyException();
    }
    return value;
  }
}
