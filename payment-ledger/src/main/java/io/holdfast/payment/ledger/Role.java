package io.holdfast.payment.ledger;

/** What a caller may be. A caller may have several roles. */
public enum Role {
  /** Acts on the accounts that it owns. */
  CUSTOMER,
  /** Is paid into the accounts that it owns, and acts on the payments into them. */
  MERCHANT,
  /** Opens accounts and settles what went wrong, on every account. */
  OPERATOR,
  /** Reads everything and changes nothing. */
  AUDITOR,
  /** The cluster itself: expiry, instalments, what comes from outside. No client has this role. */
  SYSTEM
}
