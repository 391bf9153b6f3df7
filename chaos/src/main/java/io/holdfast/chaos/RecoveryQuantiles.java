package io.holdfast.chaos;

import java.util.List;

/**
 * How many recoveries are spread, in session time-outs.
 *
 * @param took all of each
 * @param leaderless the part of it in which the cluster had no leader
 */
public record RecoveryQuantiles(Quantiles took, Quantiles leaderless) {

  /**
   * Of at least one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RecoveryQuantiles of(List<RecoveryTime> recoveries) {
    return new RecoveryQuantiles(
        Quantiles.of(recoveries.stream().map(RecoveryTime::took).toList()),
        Quantiles.of(recoveries.stream().map(RecoveryTime::leaderless).toList()));
  }

  @Override
  public String toString() {
    return "p50 %4.2f, p99 %4.2f, max %4.2f session time-outs (%d), of which no leader %4.2f at most"
        .formatted(took.p50(), took.p99(), took.max(), took.count(), leaderless.max());
  }
}
