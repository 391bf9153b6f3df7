package io.holdfast.transaction.jdbc.escrow;

import java.util.Objects;

/**
 * Money put into an account, or taken out of it.
 *
 * @param account one of the ledger's
 * @param amount in the smallest unit of its currency; less than zero to take it out
 * @param currency within which the postings of a transaction sum to zero; empty where there is but
 *     one. It is not stored, and no account has one
 */
public record Posting(String account, long amount, String currency) {

  /** In the only currency. */
  public Posting(String account, long amount) {
    this(account, amount, "");
  }

  public Posting {
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(currency, "currency");
    if (amount == Long.MIN_VALUE) {
      throw new IllegalArgumentException("an amount that cannot be negated");
    }
  }
}
