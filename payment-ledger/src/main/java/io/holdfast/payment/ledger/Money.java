package io.holdfast.payment.ledger;

import java.util.Currency;

/**
 * An amount in the minor units of an ISO 4217 currency: cents, yen, fils.
 *
 * @param minorUnits zero to {@link #MOST}
 * @param currency one that has a known exponent
 */
public record Money(long minorUnits, Currency currency) {

  /** The most that one instruction may move: sums of thousands of them still fit a bigint. */
  public static final long MOST = 1_000_000_000_000_000L;

  public Money {
    if (minorUnits < 0 || minorUnits > MOST) {
      throw new IllegalArgumentException(
          "an amount is 0 to " + MOST + " minor units, not " + minorUnits);
    }
    if (currency.getDefaultFractionDigits() < 0) {
      throw new IllegalArgumentException(
          currency.getCurrencyCode() + " has no minor units, so nothing can be booked in it");
    }
  }

  /**
   * With the currency by its code.
   *
   * @throws IllegalArgumentException if it is not an ISO 4217 code in capitals
   */
  public static Money of(long minorUnits, String currencyCode) {
    Currency currency;
    try {
      currency = Currency.getInstance(currencyCode);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not an ISO 4217 currency code in capital letters, such as EUR", e);
    }
    return new Money(minorUnits, currency);
  }

  /** The ISO 4217 code. */
  public String code() {
    return currency.getCurrencyCode();
  }

  /** How many decimals the minor unit stands for: 2 for EUR, 0 for JPY, 3 for KWD. */
  public int exponent() {
    return currency.getDefaultFractionDigits();
  }
}
