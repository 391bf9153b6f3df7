package io.holdfast.benchmarks;

import io.holdfast.loadbalancer.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Choices of the load balancer: what one costs, beside the peers' in one run, and how good they
 * are.
 */
final class BalanceBenchmarks {

  /**
   * How thoroughly to measure.
   *
   * @param contestants who takes part
   * @param sizes of the service
   * @param iterations of the measurement, each of {@code millis}; two longer ones warm up
   * @param keys to see moving
   */
  record Effort(
      List<PickContestant> contestants, List<Integer> sizes, int iterations, int millis, int keys) {
    /** All of it, in about six minutes. */
    static Effort whole() {
      return new Effort(List.of(PickContestant.values()), List.of(10, 100, 1000), 16, 40, 20_000);
    }
  }

  private record Case(PickContestant contestant, int size, int threads) {}

  private record Cost(double nanos, double bytes) {}

  private static final double KEYS_THAT_MUST_MOVE = 1;

  private final Effort effort;
  private final Map<Case, Cost> costs = new HashMap<>();

  BalanceBenchmarks(Effort effort) {
    this.effort = effort;
  }

  List<Result> run() throws RunnerException {
    measure(1);
    measure(2);
    List<Result> results = new ArrayList<>();
    for (PickContestant contestant : effort.contestants()) {
      for (int size : effort.sizes()) {
        results.addAll(costOf(contestant, size));
      }
    }
    results.addAll(besidePeers());
    results.addAll(quality());
    results.addAll(moved());
    return results;
  }

  private void measure(int threads) throws RunnerException {
    Collection<RunResult> runs =
        new Runner(
                new OptionsBuilder()
                    .include(PickBenchmark.class.getName())
                    .param(
                        "contestant",
                        effort.contestants().stream().map(Enum::name).toArray(String[]::new))
                    .param(
                        "instances",
                        effort.sizes().stream().map(String::valueOf).toArray(String[]::new))
                    .threads(threads)
                    .forks(1)
                    .jvmArgs("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC")
                    .warmupIterations(2)
                    .warmupTime(TimeValue.milliseconds(7L * effort.millis()))
                    .measurementIterations(effort.iterations())
                    .measurementTime(TimeValue.milliseconds(effort.millis()))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    for (RunResult run : runs) {
      PickContestant contestant = PickContestant.valueOf(run.getParams().getParam("contestant"));
      int size = Integer.parseInt(run.getParams().getParam("instances"));
      costs.put(new Case(contestant, size, threads), new Cost(quartile(run), allocated(run)));
    }
  }

  private static double allocated(RunResult run) {
    return Objects.requireNonNull(run.getSecondaryResults().get("gc.alloc.rate.norm"), "profile")
        .getScore();
  }

  /**
   * The first quartile, for both sides alike: what other work on the machine takes away from an
   * iteration is in the upper part.
   */
  private static double quartile(RunResult run) {
    List<Double> scores =
        run.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .sorted()
            .toList();
    return scores.get(scores.size() / 4);
  }

  private List<Result> costOf(PickContestant contestant, int size) {
    Cost one = cost(contestant, size, 1);
    Cost two = cost(contestant, size, 2);
    String name = name(contestant);
    String where = "n=" + size;
    List<Result> results = new ArrayList<>();
    double bound = contestant.bound();
    if (bound == 0) {
      results.add(
          new Result(
              name,
              where,
              "two threads",
              one.nanos(),
              two.nanos(),
              "ns",
              two.nanos() / one.nanos(),
              0));
      results.add(new Result(name, where, "nothing", one.bytes(), 0, "bytes", 0, 0));
      return results;
    }
    results.add(new Result(name, where, "bound", one.nanos(), bound, "ns", bound / one.nanos(), 1));
    results.add(
        new Result(
            name + ", two threads",
            where,
            "1.5 times one thread",
            two.nanos(),
            1.5 * one.nanos(),
            "ns",
            1.5 * one.nanos() / two.nanos(),
            1));
    results.add(
        new Result(
            name, where, "no allocation", one.bytes(), 0, "bytes", one.bytes() < 0.5 ? 1 : 0, 1));
    return results;
  }

  private List<Result> besidePeers() {
    List<Result> results = new ArrayList<>();
    for (int size : effort.sizes()) {
      for (int threads = 1; threads <= 2; threads++) {
        beside(
            results, PickContestant.WEIGHTED, PickContestant.GRPC_STATIC_STRIDE, size, threads, 1);
        beside(
            results,
            PickContestant.ROUND_ROBIN,
            PickContestant.CURATOR_ROUND_ROBIN,
            size,
            threads,
            1);
        beside(
            results,
            PickContestant.ROUND_ROBIN,
            PickContestant.SPRING_CLOUD_ROUND_ROBIN,
            size,
            threads,
            1);
        beside(
            results,
            PickContestant.ZONE_AWARE,
            PickContestant.RIBBON_ZONE_AVOIDANCE,
            size,
            threads,
            size == 100 ? 1_000 : 1);
      }
    }
    return results;
  }

  private void beside(
      List<Result> results,
      PickContestant us,
      PickContestant peer,
      int size,
      int threads,
      double target) {
    if (!effort.contestants().containsAll(Arrays.asList(us, peer))) {
      return;
    }
    double ours = cost(us, size, threads).nanos();
    double theirs = cost(peer, size, threads).nanos();
    results.add(
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

  private static List<Result> quality() {
    return List.of(
        quality("round robin", Policy.roundRobin(), 95),
        quality("least request", Policy.leastRequest(), 99),
        quality("peak EWMA", Policy.peakEwma(), 99.9));
  }

  private static Result quality(String name, Policy policy, double expected) {
    double percent = StuckServer.successPercent(policy, 1);
    return new Result(
        "success, one of 11 servers stuck at 2 s, deadline 1 s: " + name,
        "simulation",
        "published or wanted",
        percent,
        expected,
        "%",
        percent / expected,
        1);
  }

  private List<Result> moved() {
    // Of Maglev, Envoy's documentation says that about twice as many move as must.
    return List.of(
        moved("ring hash", MovedKeys.percent(Policy.ringHash(), effort.keys()), 1.5),
        moved("Maglev", MovedKeys.percent(Policy.maglev(), effort.keys()), 2),
        moved("rendezvous", MovedKeys.rendezvousPercent(effort.keys() / 4), 1.5));
  }

  private static Result moved(String name, double percent, double bound) {
    return new Result(
        "keys moved when 1 of 100 leaves: " + name,
        "n=100",
        "bound",
        percent,
        bound * KEYS_THAT_MUST_MOVE,
        "%",
        bound * KEYS_THAT_MUST_MOVE / percent,
        1);
  }

  private Cost cost(PickContestant contestant, int size, int threads) {
    Cost cost = costs.get(new Case(contestant, size, threads));
    if (cost == null) {
      throw new IllegalStateException("not measured: " + contestant + ", " + size);
    }
    return cost;
  }

  private static String name(PickContestant contestant) {
    return contestant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
