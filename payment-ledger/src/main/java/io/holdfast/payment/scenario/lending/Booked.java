package io.holdfast.payment.scenario.lending;

/**
 * What the books of the ledger have of one loan, in minor units, none negative. Summed over all
 * loans of a shard and currency it is what the system accounts show, see {@link LoanAudit}.
 *
 * @param outstanding principal that is owed: in {@code loans}, there with a minus
 * @param principalPaid principal that was repaid
 * @param interestPaid in {@code interest}
 * @param lateFeesPaid in {@code late-fees}
 * @param writtenOff principal that was given up: in {@code losses}, there with a minus
 */
public record Booked(
    long outstanding, long principalPaid, long interestPaid, long lateFeesPaid, long writtenOff) {

  static final Booked NOTHING = new Booked(0, 0, 0, 0, 0);

  public Booked {
    if (Math.min(outstanding, writtenOff) < 0
        || Math.min(principalPaid, Math.min(interestPaid, lateFeesPaid)) < 0) {
      throw new IllegalArgumentException("the books of a loan have nothing negative");
    }
  }

  static Booked lent(long amount) {
    return new Booked(amount, 0, 0, 0, 0);
  }

  Booked paid(long principal, long interest, long lateFees) {
    return new Booked(
        outstanding - principal,
        principalPaid + principal,
        interestPaid + interest,
        lateFeesPaid + lateFees,
        writtenOff);
  }

  Booked writeOff() {
    return new Booked(0, principalPaid, interestPaid, lateFeesPaid, outstanding);
  }
}
