package io.holdfast.transaction.jdbc.escrow;

/**
 * Money put into an account, or taken out of it.
 *
 * @param account one of the ledger's
 * @param amount in the smallest unit of its currency; less than zero to take it out
 */
public record Posting(String account, long amount) {

  public Posting {
    if (amount == Long.MIN_VALUE) {
      throw new IllegalArgumentException("an amount that cannot be negated");
    }
  }
}
