package io.holdfast.payment.ledger;

/** What an account is for. The names are in the database and never change. */
public enum AccountType {
  /** A customer's money. */
  WALLET,
  /** What was collected for a merchant and is to be paid out. */
  MERCHANT,
  /** The ledger's own, one for each role, shard and currency; see {@link SystemAccount}. */
  SYSTEM
}
