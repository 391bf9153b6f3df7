package io.holdfast.payment.old;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Money;

/**
 * A client account as it stands.
 *
 * @param id its name
 * @param shard where it lives
 * @param balance what is in it
 */
public record Account(AccountId id, int shard, Balance balance) {

  /**
   * What is in an account. Other than {@link Money} it may exceed what one instruction can move.
   *
   * @param minorUnits never negative
   * @param currency ISO 4217 code
   * @param exponent decimals of the minor unit
   */
  public record Balance(long minorUnits, String currency, int exponent) {}
}
