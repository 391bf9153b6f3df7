package io.holdfast.benchmarks.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Policy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.RunnerException;

final class BalanceBenchmarksTest {

  @ParameterizedTest
  @EnumSource
  void contestant_anySize_chooses(PickContestant contestant) throws Exception {
    for (int size : new int[] {1, 10}) {
      Chooser chooser = contestant.over(size);
      for (int i = 0; i < 20; i++) {
        assertThat(chooser.choose(new Affinity(i))).isNotNull();
      }
    }
  }

  @Test
  void run_twoContestants_reportsBothAndTheRest() throws RunnerException {
    StringWriter printed = new StringWriter();
    Report report = new Report(new PrintWriter(printed));
    new BalanceBenchmarks(
            new BalanceBenchmarks.Effort(
                List.of(PickContestant.WEIGHTED, PickContestant.GRPC_STATIC_STRIDE),
                List.of(10),
                1,
                10,
                2_000),
            report)
        .run();

    assertThat(report.results())
        .anySatisfy(
            result -> {
              assertThat(result.name()).isEqualTo("weighted, one thread");
              assertThat(result.peer()).isEqualTo("grpc static stride");
              assertThat(result.ours()).isPositive();
              assertThat(result.theirs()).isPositive();
            })
        .anySatisfy(result -> assertThat(result.name()).contains("keys moved").contains("Maglev"));
    assertThat(printed.toString().lines())
        .anyMatch(line -> line.matches("weighted +10 .+ 15  (met|MISSED: .+)"))
        .anyMatch(line -> line.matches("grpc static stride +10 .+"));
  }

  @Test
  void stuckServer_severalSeeds_reachesWhatIsPublished() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(StuckServer.successPercent(Policy.roundRobin(), seed)).isBetween(95.0, 96.0);
      assertThat(StuckServer.successPercent(Policy.leastRequest(), seed)).isGreaterThan(99.0);
      assertThat(StuckServer.successPercent(Policy.peakEwma(), seed)).isGreaterThan(99.9);
    }
  }

  @Test
  void movedKeys_oneOfAHundredLeaves_fewMoreThanItsOwn() {
    assertThat(MovedKeys.percent(Policy.ringHash(), 20_000)).isBetween(0.5, 1.5);
    assertThat(MovedKeys.percent(Policy.maglev(), 20_000)).isBetween(0.5, 2.0);
    assertThat(MovedKeys.rendezvousPercent(5_000)).isBetween(0.5, 1.5);
  }
}
