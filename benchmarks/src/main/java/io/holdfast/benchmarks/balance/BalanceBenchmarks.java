package io.holdfast.benchmarks.balance;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.loadbalancer.Policy;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Choices of the load balancer: what one costs, beside the peers' in one run, and how good they
 * are.
 */
public final class BalanceBenchmarks {

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

    /** A JVM's start and end, with what JMH does around a measurement. */
    private static final int JVM_MILLIS = 2_000;

    static Effort whole() {
      return new Effort(List.of(PickContestant.values()), List.of(10, 100, 1000), 16, 40, 20_000);
    }

    int warmUpMillis() {
      return 7 * millis;
    }

    int cases() {
      return contestants.size() * sizes.size() * PickCosts.MOST_THREADS;
    }

    Duration about() {
      return Duration.ofMillis(
          (long) cases() * (JVM_MILLIS + 2L * warmUpMillis() + (long) iterations * millis));
    }
  }

  private static final double KEYS_THAT_MUST_MOVE = 1;

  /**
   * What Envoy's documentation says of Maglev beside a ring, from simulations (Supported load
   * balancers, Maglev): about double the keys move when hosts are removed.
   */
  private static final double MAGLEV_TIMES = 2;

  private final Effort effort;
  private final Report report;

  /** All of it. */
  public BalanceBenchmarks(Report report) {
    this(Effort.whole(), report);
  }

  BalanceBenchmarks(Effort effort, Report report) {
    this.effort = effort;
    this.report = report;
  }

  /** Measures, and reports as results come. */
  public void run() throws RunnerException {
    report.say(
        "%d cases, each in a JVM of its own: about %d minutes"
            .formatted(effort.cases(), 1 + effort.about().toMinutes()));
    PickCosts costs = new PickCosts(effort, report);
    costs.measure();
    costs.besidePeers();
    quality();
    moved();
  }

  private void quality() {
    quality("round robin", Policy.roundRobin(), 95);
    quality("least request", Policy.leastRequest(), 99);
    quality("peak EWMA", Policy.peakEwma(), 99.9);
  }

  private void quality(String name, Policy policy, double expected) {
    double percent = StuckServer.successPercent(policy, 1);
    report.add(
        new Result(
            "success, 1 of 11 stuck: " + name,
            "simulation",
            "published or wanted",
            percent,
            expected,
            "%",
            percent / expected,
            1));
  }

  private void moved() {
    moved(
        "ring hash",
        "must move",
        MovedKeys.percent(Policy.ringHash(), effort.keys()),
        KEYS_THAT_MUST_MOVE,
        0);
    moved(
        "rendezvous",
        "must move",
        MovedKeys.rendezvousPercent(effort.keys() / 4),
        KEYS_THAT_MUST_MOVE,
        0);
    moved(
        "Maglev",
        "published",
        MovedKeys.percent(Policy.maglev(), effort.keys()),
        MAGLEV_TIMES * KEYS_THAT_MUST_MOVE,
        1);
  }

  private void moved(String name, String what, double percent, double expected, double target) {
    report.add(
        new Result(
            "keys moved when 1 of 100 leaves: " + name,
            "n=100",
            what,
            percent,
            expected,
            "%",
            expected / percent,
            target));
  }
}
