package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Money;

/**
 * What an instalment costs that is late, once.
 *
 * @param amount minor units of the loan's currency; zero for none
 * @param graceDays how many days after its due day an instalment may be paid without it, 0 to 60
 */
public record LateFee(long amount, int graceDays) {

  static final LateFee NONE = new LateFee(0, 0);

  public LateFee {
    if (amount < 0 || amount > Money.MOST) {
      throw new IllegalArgumentException("a late fee is 0 to " + Money.MOST + " minor units");
    }
    if (graceDays < 0 || graceDays > 60) {
      throw new IllegalArgumentException("days of grace are 0 to 60");
    }
  }
}
