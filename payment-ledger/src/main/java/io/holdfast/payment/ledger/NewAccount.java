package io.holdfast.payment.ledger;

/**
 * A client account to open, empty.
 *
 * @param id its name; of the shard that executes
 * @param type not {@link AccountType#SYSTEM}
 * @param owner the name of the caller whose it will be
 * @param currency ISO 4217 code
 * @param creditLimit minor units, not negative
 * @param limits what its owner may pay
 */
public record NewAccount(
    AccountId id,
    AccountType type,
    String owner,
    String currency,
    long creditLimit,
    Limits limits) {

  public NewAccount {
    Money.of(0, currency);
    if (type == AccountType.SYSTEM || creditLimit < 0) {
      throw new IllegalArgumentException(
          "an account to open is a client's, and its credit limit is not negative");
    }
  }
}
