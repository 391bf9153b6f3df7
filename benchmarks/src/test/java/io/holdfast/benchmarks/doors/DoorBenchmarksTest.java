package io.holdfast.benchmarks.doors;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class DoorBenchmarksTest {

  @Test
  void run_smallest_measuresEachDoorAndThoseThatWait() throws Exception {
    StringWriter text = new StringWriter();
    Report report = new Report(new PrintWriter(text));

    new DoorBenchmarks(new DoorBenchmarks.Effort(5, 2, 20), report).run(Optional.empty());

    assertThat(text.toString()).contains("left out: Eureka's server");
    assertThat(report.results()).hasSize(11).allMatch(result -> result.ratio() > 0);
    assertThat(report.results().get(10)).extracting(Result::ours).isEqualTo(20.0);
  }
}
