package io.holdfast.chaos;

import java.util.Collection;

/**
 * How measurements are spread. Quantiles are by nearest rank: of few measurements p99 is the
 * greatest.
 */
public record Quantiles(int count, double p50, double p99, double max) {

  /**
   * Of at least one measurement.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Quantiles of(Collection<Double> measurements) {
    double[] sorted = measurements.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    return new Quantiles(
        sorted.length, rank(sorted, 50), rank(sorted, 99), sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, int percent) {
    int rank = (sorted.length * percent + 99) / 100;
    return sorted[Math.max(rank, 1) - 1];
  }
}
