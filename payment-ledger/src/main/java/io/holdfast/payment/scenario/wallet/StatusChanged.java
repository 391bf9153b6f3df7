package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Plan;
import java.util.Locale;

/**
 * What is answered, and what the owner is told. Without the reason: it may be one that the owner
 * must not know, as with a suspicion.
 *
 * @param account which
 * @param status as it is now
 */
record StatusChanged(AccountId account, AccountStatus status) {

  static Plan plan(AccountId account, AccountStatus status, Books books) {
    StatusChanged changed = new StatusChanged(account, status);
    return new Plan(books)
        .status(account, status)
        .tell(new Event(account, "account." + status.name().toLowerCase(Locale.ROOT), changed))
        .answer(changed);
  }
}
