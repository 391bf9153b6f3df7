package io.holdfast.benchmarks.balance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What one choice costs.
 *
 * <p>The time is that of the processor, as the threads that choose have used it. No contestant ever
 * waits, so on a machine with nothing else to do that is the time that passes; on a busy one it
 * leaves out what others took.
 *
 * @param nanos on a processor
 * @param bytes allocated
 * @param onProcessor the part of the time that the threads were on one
 */
record PickCost(double nanos, double bytes, double onProcessor) {

  private static final int MOST_SECONDS_AN_ITERATION = 30;

  /** Or a busy machine would not have compiled what is measured before it is. */
  private static final String COMPILED_FIRST = "-Xbatch";

  /** By size of the service. */
  static Map<Integer, PickCost> measure(
      PickContestant contestant, int threads, BalanceBenchmarks.Effort effort)
      throws RunnerException {
    Map<Integer, PickCost> costs = new LinkedHashMap<>();
    for (RunResult run :
        new Runner(
                new OptionsBuilder()
                    .include(PickBenchmark.class.getName())
                    .param("contestant", contestant.name())
                    .param(
                        "instances",
                        effort.sizes().stream().map(String::valueOf).toArray(String[]::new))
                    .threads(threads)
                    .forks(1)
                    .jvmArgs("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC", COMPILED_FIRST)
                    .warmupIterations(2)
                    .warmupTime(TimeValue.milliseconds(effort.warmUpMillis()))
                    .measurementIterations(effort.iterations())
                    .measurementTime(TimeValue.milliseconds(effort.millis()))
                    .timeout(TimeValue.seconds(MOST_SECONDS_AN_ITERATION))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run()) {
      costs.put(Integer.parseInt(run.getParams().getParam("instances")), of(run));
    }
    return costs;
  }

  private static PickCost of(RunResult run) {
    double nanos = quartile(run, PickCost::processorNanos);
    double passed = quartile(run, iteration -> iteration.getPrimaryResult().getScore());
    double bytes =
        Objects.requireNonNull(run.getSecondaryResults().get("gc.alloc.rate.norm"), "profile")
            .getScore();
    return new PickCost(nanos, bytes, Math.min(1, nanos / passed));
  }

  private static double processorNanos(IterationResult iteration) {
    return secondary(iteration, "cpuNanos") / secondary(iteration, "choices");
  }

  private static double secondary(IterationResult iteration, String name) {
    return Objects.requireNonNull(iteration.getSecondaryResults().get(name), name).getScore();
  }

  /**
   * The first quartile, for all contestants alike: what other work does to the caches is in the
   * upper part.
   */
  private static double quartile(RunResult run, ToDoubleFunction<IterationResult> score) {
    List<Double> scores =
        run.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(score::applyAsDouble)
            .sorted()
            .toList();
    return scores.get(scores.size() / 4);
  }
}
