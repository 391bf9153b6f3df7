package io.holdfast.benchmarks.balance;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What a choice costs each contestant: a table as it comes, and what is to be reached.
 *
 * <p>One choice is to take no longer than a bound, to allocate nothing, and to take two threads at
 * once no more than half as long again as one alone.
 */
final class PickCosts {

  static final int MOST_THREADS = 2;

  private static final double TIMES_ONE_THREAD = 1.5;

  /** Less is rounding: what the profiler itself allocates, over all choices. */
  private static final double NO_BYTES = 0.5;

  private static final String ROW = "%-32s %5s %12s %8s %12s %7s %7s  %s";

  private record Case(PickContestant contestant, int size, int threads) {}

  private final BalanceBenchmarks.Effort effort;
  private final Report report;
  private final Map<Case, PickCost> costs = new HashMap<>();

  PickCosts(BalanceBenchmarks.Effort effort, Report report) {
    this.effort = effort;
    this.report = report;
  }

  void measure() throws RunnerException {
    report.say(
        "processor time of a choice in ns, first quartile; bytes allocated; targets at the right");
    report.say(
        ROW.formatted(
            "choice", "n", "one thread", "bytes", "two threads", "times", "bound", "targets"));
    for (PickContestant contestant : effort.contestants()) {
      for (int threads = 1; threads <= MOST_THREADS; threads++) {
        for (Map.Entry<Integer, PickCost> entry :
            PickCost.measure(contestant, threads, effort).entrySet()) {
          costs.put(new Case(contestant, entry.getKey(), threads), entry.getValue());
        }
      }
      effort.sizes().forEach(size -> tell(contestant, size));
    }
    report.say(
        "the threads were on a processor %.0f %% of the time (two at once: %.0f %%); the rest went"
                .formatted(100 * share(1), 100 * share(2))
            + " to other work on this machine, and is in none of these times");
  }

  private double share(int threads) {
    return costs.entrySet().stream()
        .filter(entry -> entry.getKey().threads() == threads)
        .mapToDouble(entry -> entry.getValue().onProcessor())
        .average()
        .orElse(0);
  }

  private void tell(PickContestant contestant, int size) {
    PickCost one = cost(contestant, size, 1);
    PickCost two = cost(contestant, size, 2);
    List<Result> targets = targets(contestant, size, one, two);
    targets.forEach(report::keep);
    report.say(
        ROW.formatted(
            name(contestant),
            size,
            number("%.1f", one.nanos()),
            number("%.0f", one.bytes()),
            number("%.1f", two.nanos()),
            number("%.2f", two.nanos() / one.nanos()),
            contestant.bound() == 0 ? "" : number("%.0f", contestant.bound()),
            verdict(contestant, targets)));
  }

  private static String number(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  private static String verdict(PickContestant contestant, List<Result> targets) {
    if (contestant.bound() == 0) {
      return "";
    }
    List<String> missed =
        targets.stream().filter(result -> !result.met()).map(Result::peer).toList();
    return missed.isEmpty() ? "met" : "MISSED: " + String.join(", ", missed);
  }

  private static List<Result> targets(
      PickContestant contestant, int size, PickCost one, PickCost two) {
    double bound = contestant.bound();
    double wanted = bound == 0 ? 0 : 1;
    double twice = TIMES_ONE_THREAD * one.nanos();
    String name = name(contestant);
    String where = "n=" + size;
    return List.of(
        new Result(name, where, "bound", one.nanos(), bound, "ns", bound / one.nanos(), wanted),
        new Result(
            name,
            where,
            "0 bytes",
            one.bytes(),
            0,
            "bytes",
            one.bytes() < NO_BYTES ? 1 : 0,
            wanted),
        new Result(
            name + ", two threads",
            where,
            "1.5 times one thread",
            two.nanos(),
            twice,
            "ns",
            twice / two.nanos(),
            wanted));
  }

  void besidePeers() {
    for (int size : effort.sizes()) {
      for (int threads = 1; threads <= MOST_THREADS; threads++) {
        beside(PickContestant.WEIGHTED, PickContestant.GRPC_STATIC_STRIDE, size, threads, 1);
        beside(PickContestant.ROUND_ROBIN, PickContestant.CURATOR_ROUND_ROBIN, size, threads, 1);
        beside(
            PickContestant.ROUND_ROBIN, PickContestant.SPRING_CLOUD_ROUND_ROBIN, size, threads, 1);
        beside(
            PickContestant.ZONE_AWARE,
            PickContestant.RIBBON_ZONE_AVOIDANCE,
            size,
            threads,
            size == 100 ? 1_000 : 1);
      }
    }
  }

  private void beside(
      PickContestant us, PickContestant peer, int size, int threads, double target) {
    if (!effort.contestants().containsAll(Arrays.asList(us, peer))) {
      return;
    }
    double ours = cost(us, size, threads).nanos();
    double theirs = cost(peer, size, threads).nanos();
    report.add(
        new Result(
            name(us) + (threads == 1 ? ", one thread" : ", two threads"),
            "n=" + size,
            name(peer),
            ours,
            theirs,
            "ns",
            theirs / ours,
            target));
  }

  private PickCost cost(PickContestant contestant, int size, int threads) {
    PickCost cost = costs.get(new Case(contestant, size, threads));
    if (cost == null) {
      throw new IllegalStateException("not measured: " + contestant + ", " + size);
    }
    return cost;
  }

  private static String name(PickContestant contestant) {
    return contestant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
