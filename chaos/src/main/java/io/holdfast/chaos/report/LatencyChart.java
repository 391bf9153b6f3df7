package io.holdfast.chaos.report;

import io.holdfast.chaos.report.Call.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How long calls took: as points by outcome, or as quantiles. A logarithmic scale. */
final class LatencyChart {

  /** More points than this make a file that no browser likes. */
  private static final int MOST_POINTS = 8_000;

  private static final int WINDOWS = 60;
  private static final double LEAST_MILLIS = 0.1;
  private static final double MOST_MILLIS = 100_000;
  private static final int[] QUANTILES = {50, 95, 99, 100};

  private LatencyChart() {}

  /** All that did not go well, and as many of the others as there is room for. */
  static List<Call> thinned(List<Call> calls) {
    long well = calls.stream().filter(call -> call.outcome() == Outcome.OK).count();
    long every = 1 + well / MOST_POINTS;
    List<Call> kept = new ArrayList<>();
    long seen = 0;
    for (Call call : calls) {
      if (call.outcome() != Outcome.OK || seen++ % every == 0) {
        kept.add(call);
      }
    }
    return kept;
  }

  static void points(Plot plot, List<Call> calls) {
    scale(plot);
    for (Call call : thinned(calls)) {
      plot.dot(call.at(), y(plot, call.millis()), call.outcome().style());
    }
  }

  /** Of the calls that went well. */
  static void quantiles(Plot plot, List<Call> calls, Plot.Span shown) {
    scale(plot);
    long window = Math.max(1, (shown.to() - shown.from()) / WINDOWS);
    Map<Long, List<Call>> byWindow =
        calls.stream()
            .filter(call -> call.outcome() == Outcome.OK)
            .collect(
                Collectors.groupingBy(
                    call -> (call.at() - shown.from()) / window,
                    TreeMap::new,
                    Collectors.toList()));
    for (int quantile : QUANTILES) {
      List<Long> times = new ArrayList<>();
      List<Double> ys = new ArrayList<>();
      byWindow.forEach(
          (number, inWindow) -> {
            times.add(shown.from() + number * window + window / 2);
            ys.add(y(plot, quantile(inWindow, quantile)));
          });
      plot.curve(times, ys, "q" + quantile);
    }
  }

  private static double quantile(List<Call> calls, int percent) {
    double[] sorted = calls.stream().mapToDouble(Call::millis).toArray();
    Arrays.sort(sorted);
    return sorted[Math.max(1, (sorted.length * percent + 99) / 100) - 1];
  }

  private static void scale(Plot plot) {
    for (double millis = LEAST_MILLIS; millis <= MOST_MILLIS; millis *= 10) {
      String label = millis < 1 ? "0.1 ms" : millis < 1_000 ? "%.0f ms" : "%.0f s";
      plot.level(y(plot, millis), label.formatted(millis < 1_000 ? millis : millis / 1_000));
    }
  }

  private static double y(Plot plot, double millis) {
    double bounded = Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, millis));
    double share = Math.log10(bounded / LEAST_MILLIS) / Math.log10(MOST_MILLIS / LEAST_MILLIS);
    return plot.height() * (1 - share);
  }
}
