package io.holdfast.payment.scenario.purchase;

import java.math.BigInteger;

/**
 * What a merchant pays for each capture. In minor units of the account's currency, so it is right
 * for currencies of any exponent.
 *
 * @param basisPoints ten-thousandths of the amount, 0 to 10,000
 * @param fixed minor units, beside that; 0 to a million
 */
public record FeeTerms(int basisPoints, long fixed) {

  private static final int WHOLE = 10_000;
  private static final int MOST_FIXED = 1_000_000;

  public FeeTerms {
    if (basisPoints < 0 || basisPoints > WHOLE || fixed < 0 || fixed > MOST_FIXED) {
      throw new IllegalArgumentException(
          "a fee is 0 to 10000 basis points and 0 to 1000000 minor units beside that");
    }
  }

  /**
   * The fee for one capture, whole minor units. The part by basis points is rounded half to even,
   * once for each capture; sums of fees are never rounded again. At most the amount itself.
   */
  public long of(long captured) {
    BigInteger[] parts =
        BigInteger.valueOf(captured)
            .multiply(BigInteger.valueOf(basisPoints))
            .divideAndRemainder(BigInteger.valueOf(WHOLE));
    long whole = parts[0].longValueExact();
    int twice = 2 * parts[1].intValueExact();
    boolean up = twice > WHOLE || (twice == WHOLE && whole % 2 == 1);
    return Math.min(captured, whole + (up ? 1 : 0) + fixed);
  }
}
