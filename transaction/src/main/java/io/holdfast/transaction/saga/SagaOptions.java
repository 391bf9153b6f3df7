package io.holdfast.transaction.saga;

import java.time.Duration;

/**
 * How sagas are run.
 *
 * @param interval how often it is looked for sagas when there are none
 * @param concurrency how many of one definition are at work at a time, 1 to 10,000
 * @param retention how long sagas that have ended are kept, for people to look at
 */
public record SagaOptions(Duration interval, int concurrency, Duration retention) {

  private static final int MOST = 10_000;

  public SagaOptions {
    if (interval.isNegative() || interval.isZero() || retention.isNegative()) {
      throw new IllegalArgumentException("an interval is positive, and a retention not negative");
    }
    if (concurrency < 1 || concurrency > MOST) {
      throw new IllegalArgumentException("concurrency is 1 to 10,000");
    }
  }

  /** Every half second; 256 at a time; kept for 30 days. */
  public static SagaOptions defaults() {
    return new SagaOptions(Duration.ofMillis(500), 256, Duration.ofDays(30));
  }

  /** Looks in another rhythm. */
  public SagaOptions withInterval(Duration other) {
    return new SagaOptions(other, concurrency, retention);
  }
}
