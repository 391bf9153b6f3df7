package io.holdfast.payment.ledger;

/**
 * Money that goes into an account or out of it.
 *
 * @param account the name of a client's account or of a {@link SystemAccount}
 * @param shard where the account lives
 * @param amount minor units; less than zero is taken out; not zero
 * @param currency ISO 4217 code
 */
public record Posting(String account, int shard, long amount, String currency) {

  public Posting {
    if (amount == 0 || amount == Long.MIN_VALUE) {
      throw new IllegalArgumentException("a posting moves something");
    }
  }

  /** Whether it is at an account of the ledger's own. */
  public boolean isSystem() {
    return account.indexOf(':') >= 0;
  }
}
