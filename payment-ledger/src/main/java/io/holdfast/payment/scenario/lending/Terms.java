package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Money;

/**
 * What was agreed about a loan, as far as it makes the schedule.
 *
 * @param amount what is lent; at least as many minor units as there are months
 * @param annualRateBp interest for a year in basis points, hundredths of a per cent: 725 is 7.25 %;
 *     0 to {@link #HIGHEST_RATE}
 * @param months the number of instalments, 1 to {@link #LONGEST}
 * @param kind how it is repaid
 * @param dayCount how interest is counted
 */
public record Terms(
    Money amount, int annualRateBp, int months, RepaymentKind kind, DayCount dayCount) {

  /** The highest annual rate, 100 %. */
  public static final int HIGHEST_RATE = 10_000;

  /** The most months. */
  public static final int LONGEST = 360;

  public Terms {
    if (months < 1 || months > LONGEST) {
      throw new IllegalArgumentException("a loan runs for 1 to " + LONGEST + " months");
    }
    if (annualRateBp < 0 || annualRateBp > HIGHEST_RATE) {
      throw new IllegalArgumentException(
          "an annual rate is 0 to " + HIGHEST_RATE + " basis points");
    }
    if (amount.minorUnits() < months) {
      throw new IllegalArgumentException(
          "a loan has at least one minor unit of the currency for each month");
    }
  }
}
