package io.holdfast.chaos.report;

import io.holdfast.chaos.report.Call.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many calls came to an end in a second, by outcome. */
final class ThroughputChart {

  private static final int WINDOWS = 120;

  private ThroughputChart() {}

  static void draw(Plot plot, List<Call> calls, Plot.Span shown) {
    long window = Math.max(1, (shown.to() - shown.from()) / WINDOWS);
    Map<Outcome, double[]> rates = new EnumMap<>(Outcome.class);
    for (Call call : calls) {
      int number = (int) Math.min(WINDOWS - 1L, (call.at() + call.took() - shown.from()) / window);
      rates.computeIfAbsent(call.outcome(), absent -> new double[WINDOWS])[number] += 1e9 / window;
    }
    double most = rates.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1);
    for (double share : new double[] {0.25, 0.5, 0.75, 1}) {
      plot.level(plot.height() * (1 - share), "%.0f /s".formatted(most * share));
    }
    rates.forEach(
        (outcome, ofOutcome) -> {
          List<Long> times = new ArrayList<>();
          List<Double> ys = new ArrayList<>();
          for (int i = 0; i < WINDOWS; i++) {
            times.add(shown.from() + i * window + window / 2);
            ys.add(plot.height() * (1 - ofOutcome[i] / most));
          }
          plot.curve(times, ys, "line-" + outcome.style());
        });
  }
}
