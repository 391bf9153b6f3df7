package io.holdfast.testkit.chaos;

import java.util.List;

/**
 * How many recoveries are spread, in session time-outs.
 *
 * @param took all of each
 * @param leaderless the part of it in which the cluster had no leader
 */
public record RecoverySpread(Spread took, Spread leaderless) {

  /**
   * Of at least one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RecoverySpread of(List<Recovered> recoveries) {
    return new RecoverySpread(
        Spread.of(recoveries.stream().map(Recovered::took).toList()),
        Spread.of(recoveries.stream().map(Recovered::leaderless).toList()));
  }

  @Override
  public String toString() {
    return "p50 %4.2f, p99 %4.2f, max %4.2f session time-outs (%d), of which no leader %4.2f at most"
        .formatted(took.p50(), took.p99(), took.max(), took.count(), leaderless.max());
  }
}
