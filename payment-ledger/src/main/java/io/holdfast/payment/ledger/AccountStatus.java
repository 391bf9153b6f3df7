package io.holdfast.payment.ledger;

/** Whether an account can be used. The names are in the database and never change. */
public enum AccountStatus {
  /** It can. */
  OPEN,
  /** Nothing goes out. What comes in is taken. */
  FROZEN,
  /** Nothing goes out or in, for ever. */
  CLOSED
}
