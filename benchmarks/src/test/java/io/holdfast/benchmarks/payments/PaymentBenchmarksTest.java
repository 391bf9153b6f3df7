package io.holdfast.benchmarks.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.commit.EscrowTransfers;
import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every row, with figures that mean nothing. Banks look themselves whether money is lost. */
@Timeout(240)
final class PaymentBenchmarksTest {

  private static final PaymentBenchmarks.Scale SMALL =
      new PaymentBenchmarks.Scale(
          Duration.ofMillis(100),
          Duration.ofMillis(100),
          Duration.ofMillis(150),
          1,
          List.of(2),
          Duration.ofMillis(300),
          List.of(3_000, 4_000),
          List.of(2));

  @Test
  void run_smallest_measuresEveryRowAndDoesAllTransfers() throws Exception {
    StringWriter text = new StringWriter();
    Report report = new Report(new PrintWriter(text));
    try (EscrowTransfers servers = EscrowTransfers.start(false, 1, 2);
        PaymentBenchmarks benchmarks =
            new PaymentBenchmarks(servers, SMALL, report, Optional.empty())) {
      benchmarks.oneDatabase();
      benchmarks.twoDatabases();
      benchmarks.latency();
      benchmarks.moves();
      benchmarks.growth();
      benchmarks.databases();
    }
    assertThat(text.toString()).doesNotContain("not done");
    assertThat(report.results()).hasSize(10).allMatch(result -> result.ratio() > 0);
    assertThat(report.results())
        .extracting(Result::name)
        .anyMatch(name -> name.contains("at saturation"))
        .anyMatch(name -> name.contains("between two databases"))
        .anyMatch(name -> name.contains("p99"))
        .anyMatch(name -> name.contains("longest pause"))
        .anyMatch(name -> name.contains("4,000 accounts"))
        .anyMatch(name -> name.contains("2 databases"));
  }
}
