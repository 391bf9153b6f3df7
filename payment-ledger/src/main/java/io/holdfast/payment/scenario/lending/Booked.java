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
 * @param recovered what of that was paid after all, in {@code recoveries}; never more than that
 */
public record Booked(
    long outstanding,
    long principalPaid,
    long interestPaid,
    long lateFeesPaid,
    long writtenOff,
    long recovered) {

  static final Booked NOTHING = new Booked(0, 0, 0, 0, 0, 0);

  public Booked {
    if (Math.min(outstanding, writtenOff) < 0
        || Math.min(principalPaid, Math.min(interestPaid, lateFeesPaid)) < 0) {
      throw new IllegalArgumentException("the books of a loan have nothing negative");
    }
    if (recovered < 0 || recovered > writtenOff) {
      throw new IllegalArgumentException("not more is recovered than was written off");
    }
  }

  static Booked lent(long amount) {
    return new Booked(amount, 0, 0, 0, 0, 0);
  }

  Booked paid(long principal, long interest, long lateFees) {
    return new Booked(
        outstanding - principal,
        principalPaid + principal,
        interestPaid + interest,
        lateFeesPaid + lateFees,
        writtenOff,
        recovered);
  }

  Booked writeOff() {
    return new Booked(0, principalPaid, interestPaid, lateFeesPaid, outstanding, recovered);
  }

  Booked recover(long amount) {
    return new Booked(
        outstanding, principalPaid, interestPaid, lateFeesPaid, writtenOff, recovered + amount);
  }

  /** What was written off and is not recovered. */
  long lost() {
    return writtenOff - recovered;
  }
}
