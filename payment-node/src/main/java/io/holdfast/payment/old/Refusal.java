package io.holdfast.payment.old;

/**
 * Why an instruction was refused for good. Stored under its key: a retry gets the same answer. The
 * names are in the database and never change.
 */
public enum Refusal {
  /** One of the accounts does not exist. */
  UNKNOWN_ACCOUNT,
  /** The account to open exists. */
  ACCOUNT_EXISTS,
  /** The debtor has less than that. */
  INSUFFICIENT_FUNDS,
  /** An account is kept in another currency. */
  CURRENCY_MISMATCH,
  /** The creditor's balance would no longer fit. */
  BALANCE_TOO_LARGE
}
