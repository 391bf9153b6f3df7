package io.holdfast.payment.ledger;

/**
 * A client account as it stands. Amounts are minor units of the currency.
 *
 * @param id its name
 * @param shard where it lives
 * @param type what it is for
 * @param owner the name of the {@link Caller} whose it is
 * @param currency ISO 4217 code
 * @param posted what was booked, less than zero where credit is used
 * @param held what is promised to go out: holds, and transfers under way
 * @param incoming what is promised to come in
 * @param creditLimit how far the rest may go below zero; not negative
 * @param status whether it can be used
 * @param limits what its owner may pay
 */
public record Account(
    AccountId id,
    int shard,
    AccountType type,
    String owner,
    String currency,
    long posted,
    long held,
    long incoming,
    long creditLimit,
    AccountStatus status,
    Limits limits) {

  /** What can be paid out: posted, less what is held, and the credit. */
  public long available() {
    return posted - held + creditLimit;
  }
}
