package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Refusal;

/** What has to be true of an account before something is changed about it. */
final class AccountChecks {

  private AccountChecks() {}

  /** An account that can be changed; {@code account-closed} if it is. */
  static Account notClosed(Account account) {
    if (account.status() == AccountStatus.CLOSED) {
      throw Refusal.conflict("account-closed", "The account is closed for ever.").exception();
    }
    return account;
  }

  /** An account that is open; {@code account-frozen} or {@code account-closed} if it is not. */
  static Account open(Account account) {
    if (notClosed(account).status() == AccountStatus.FROZEN) {
      throw Refusal.conflict("account-frozen", "The account is frozen.").exception();
    }
    return account;
  }
}
