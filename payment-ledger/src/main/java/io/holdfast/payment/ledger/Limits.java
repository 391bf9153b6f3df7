package io.holdfast.payment.ledger;

/**
 * How much an owner may pay out of an account.
 *
 * @param perPayment minor units, at most {@link Money#MOST}
 * @param perDay minor units, of one day in UTC
 */
public record Limits(long perPayment, long perDay) {

  /** As much as there is. */
  public static final Limits NONE = new Limits(Money.MOST, Long.MAX_VALUE);

  public Limits {
    if (perPayment < 0 || perPayment > Money.MOST || perDay < 0) {
      throw new IllegalArgumentException("limits are not negative, and at most " + Money.MOST);
    }
  }
}
