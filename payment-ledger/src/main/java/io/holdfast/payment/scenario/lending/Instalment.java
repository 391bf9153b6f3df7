package io.holdfast.payment.scenario.lending;

import java.time.LocalDate;

/**
 * One instalment of a loan, and what was paid of it. Amounts are minor units of the loan's currency
 * and not negative.
 *
 * @param number from 1
 * @param due the day (UTC) on which it is collected
 * @param principal what of it reduces the loan
 * @param interest for the time since the instalment before
 * @param lateFee zero until it is charged, which happens once
 * @param paidPrincipal of the principal
 * @param paidInterest of the interest
 * @param paidLateFee of the late fee
 */
public record Instalment(
    int number,
    LocalDate due,
    long principal,
    long interest,
    long lateFee,
    long paidPrincipal,
    long paidInterest,
    long paidLateFee) {

  public Instalment {
    within(paidPrincipal, principal);
    within(paidInterest, interest);
    within(paidLateFee, lateFee);
  }

  private static void within(long paid, long owed) {
    if (paid < 0 || paid > owed) {
      throw new IllegalArgumentException("an instalment is paid from zero to all of it");
    }
  }

  static Instalment unpaid(int number, LocalDate due, long principal, long interest) {
    return new Instalment(number, due, principal, interest, 0, 0, 0, 0);
  }

  /** What is paid for it when it is due, without a late fee. */
  long total() {
    return principal + interest;
  }

  long openPrincipal() {
    return principal - paidPrincipal;
  }

  long openInterest() {
    return interest - paidInterest;
  }

  long openLateFee() {
    return lateFee - paidLateFee;
  }

  long open() {
    return openPrincipal() + openInterest() + openLateFee();
  }

  boolean dueBy(LocalDate day) {
    return !due.isAfter(day);
  }

  Instalment chargeLateFee(long fee) {
    return new Instalment(
        number, due, principal, interest, fee, paidPrincipal, paidInterest, paidLateFee);
  }

  Instalment pay(long morePrincipal, long moreInterest, long moreLateFee) {
    return new Instalment(
        number,
        due,
        principal,
        interest,
        lateFee,
        paidPrincipal + morePrincipal,
        paidInterest + moreInterest,
        paidLateFee + moreLateFee);
  }
}
