package io.holdfast.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {

  private final StringWriter printed = new StringWriter();
  private final Report report = new Report(new PrintWriter(printed));

  private static Result result(String name, double ratio, double target) {
    return new Result(name, "here", "peer", ratio, 1, "times", ratio, target);
  }

  @Test
  void add_resultWithTarget_printsItsVerdict() {
    report.add(result("quick", 3, 2));
    report.add(result("slow", 1, 2));
    report.add(result("shown", 1, 0));

    assertThat(printed.toString().lines())
        .satisfiesExactly(
            quick -> assertThat(quick).contains("quick").endsWith("(target 2.00: met)"),
            slow -> assertThat(slow).contains("slow").endsWith("(target 2.00: MISSED)"),
            shown -> assertThat(shown).contains("shown").endsWith("ratio 1.00"));
  }

  @Test
  void conclude_someMissed_countsThemAndNamesThem() {
    report.keep(result("quick", 3, 2));
    report.keep(result("slow", 1, 2));
    report.keep(result("shown", 1, 0));

    report.conclude();

    assertThat(printed.toString().lines())
        .containsExactly("1 of 2 targets met", "missed: here, slow, beside peer");
  }

  @Test
  void write_everything_isInTheFile(@TempDir Path folder) throws IOException {
    report.keep(result("quick", 3, 2));
    report.keep("waiting", result("other", 1, 1));
    Path file = folder.resolve("report.json");

    report.write(file, "this machine");

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("machine").asText()).isEqualTo("this machine");
    assertThat(json.get("results").get(0).get("name").asText()).isEqualTo("quick");
    assertThat(json.get("waiting").get(0).get("name").asText()).isEqualTo("other");
  }
}
