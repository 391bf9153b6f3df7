package io.holdfast.payment.scenario.purchase;

/**
 * What a merchant's account took by online payments in a stretch of its entries. Amounts are minor
 * units.
 *
 * @param through the latest entry that is counted, or where it began if there is none
 * @param captures how many
 * @param captured in all
 * @param refunds how many
 * @param refunded in all
 * @param fees of all captures, each by itself
 */
public record Takings(
    long through, int captures, long captured, int refunds, long refunded, long fees) {

  public Takings {
    if (through < 0 || captures < 0 || captured < 0 || refunds < 0 || refunded < 0 || fees < 0) {
      throw new IllegalArgumentException("takings are not negative");
    }
  }

  /** Nothing so far. */
  static Takings from(long after) {
    return new Takings(after, 0, 0, 0, 0, 0);
  }

  /** With one more entry of a payment: captured if it came in, refunded if it went out. */
  Takings and(long seq, long amount, FeeTerms terms) {
    return amount > 0
        ? new Takings(
            seq,
            captures + 1,
            Math.addExact(captured, amount),
            refunds,
            refunded,
            Math.addExact(fees, terms.of(amount)))
        : new Takings(
            seq, captures, captured, refunds + 1, Math.subtractExact(refunded, amount), fees);
  }

  /** With one more entry that is no payment: a transfer, a settlement. */
  Takings past(long seq) {
    return new Takings(seq, captures, captured, refunds, refunded, fees);
  }

  long net() {
    return captured - refunded - fees;
  }
}
