package io.holdfast.benchmarks.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every row, with figures that mean nothing. */
@Timeout(120)
final class CommitBenchmarksTest {

  private static final CommitBenchmarks.Scale SMALL =
      new CommitBenchmarks.Scale(Duration.ofMillis(100), Duration.ofMillis(150), 1, List.of(2));

  @Test
  void run_smallest_measuresEveryRowAndLosesNoMoney() throws Exception {
    StringWriter text = new StringWriter();
    Report report = new Report(new PrintWriter(text));
    try (Store store = Store.etcd(1);
        Ledgers ledgers = new Ledgers();
        Peers peers = new Peers()) {
      try (CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, SMALL, report)) {
        long total = ledgers.total();
        benchmarks.transfers(peers);
        benchmarks.hot(peers);
        assertThat(ledgers.total()).isEqualTo(total);
      }
      try (CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, SMALL, report)) {
        benchmarks.oneBranch();
      }
      try (CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, SMALL, report)) {
        benchmarks.steps();
      }
    }
    assertThat(text.toString()).doesNotContain("failed");
    assertThat(report.results())
        .extracting(Result::name)
        .anyMatch(name -> name.contains("2 clients"))
        .anyMatch(name -> name.contains("hot account"))
        .anyMatch(name -> name.contains("one branch"))
        .anyMatch(name -> name.contains("saga"));
    assertThat(report.results()).hasSize(7).allMatch(result -> result.ratio() > 0);
  }
}
