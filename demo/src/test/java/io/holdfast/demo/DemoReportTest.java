package io.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DemoReportTest {

  private static final ScenarioCounts DONE = new ScenarioCounts(12, 10, 2, 3, 0);

  private static DemoReport report(
      long unresolved, int lost, int doubled, long wrong, int unowned, long acknowledged) {
    return report(unresolved, lost, doubled, wrong, unowned, acknowledged, DONE, 0, 0, 0);
  }

  private static DemoReport report(
      ScenarioCounts scenario, int processing, int differences, int undecided) {
    return report(0, 0, 0, 0, 0, 10, scenario, processing, differences, undecided);
  }

  private static DemoReport report(
      long unresolved,
      int lost,
      int doubled,
      long wrong,
      int unowned,
      long acknowledged,
      ScenarioCounts scenario,
      int processing,
      int differences,
      int undecided) {
    return new DemoReport(
        "zookeeper",
        3,
        30.0,
        1,
        acknowledged,
        2,
        3,
        unresolved,
        Map.of("transfers", DONE, "loans", scenario),
        processing,
        differences,
        1,
        3_000,
        1,
        7,
        undecided,
        2_500,
        4,
        lost,
        doubled,
        2_000,
        wrong,
        wrong == 0,
        12,
        unowned,
        150.0,
        8.1,
        90.2,
        3000.0,
        1.5,
        1.0);
  }

  @Test
  void holds_everythingInOrder() {
    assertThat(report(0, 0, 0, 0, 0, 10).holds()).isTrue();
  }

  @Test
  void holds_anythingOutOfOrder_isFalse() {
    assertThat(report(1, 0, 0, 0, 0, 10).holds()).isFalse();
    assertThat(report(0, 1, 0, 0, 0, 10).holds()).isFalse();
    assertThat(report(0, 0, 1, 0, 0, 10).holds()).isFalse();
    assertThat(report(0, 0, 0, 1, 0, 10).holds()).isFalse();
    assertThat(report(0, 0, 0, 0, 1, 10).holds()).isFalse();
    assertThat(report(0, 0, 0, 0, 0, 0).holds()).isFalse();
  }

  @Test
  void holds_aScenarioOutOfOrder_isFalse() {
    assertThat(report(new ScenarioCounts(1, 0, 1, 0, 0), 0, 0, 0).holds()).isFalse();
    assertThat(report(new ScenarioCounts(2, 1, 0, 0, 1), 0, 0, 0).holds()).isFalse();
    assertThat(report(DONE, 1, 0, 0).holds()).isFalse();
    assertThat(report(DONE, 0, 1, 0).holds()).isFalse();
    assertThat(report(DONE, 0, 0, 1).holds()).isFalse();
  }

  @Test
  void json_hasTheNamesThatOthersRead() {
    JsonNode json = new ObjectMapper().valueToTree(report(0, 0, 0, 0, 0, 10));

    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "backend",
            "nodes",
            "seconds",
            "payments_acknowledged",
            "payments_failed_cleanly",
            "payments_unknown_resolved",
            "scenarios",
            "topups_processing",
            "acquirer_differences",
            "kills",
            "commits_at_kill",
            "undecided_at_kill",
            "undecided_at_end",
            "database_restart_ms",
            "takeover_ms",
            "fence_rejections",
            "lost_acknowledged",
            "duplicate_effects",
            "audit_looked",
            "throughput_per_s",
            "p50_ms",
            "p99_ms",
            "orphaned_p99_ms",
            "late_p99_ms",
            "other_shards_in_time");
  }

  @Test
  void json_countsByScenario() {
    JsonNode json = new ObjectMapper().valueToTree(report(0, 0, 0, 0, 0, 10));

    JsonNode loans = json.path("scenarios").path("loans");
    assertThat(loans.path("asked").asLong()).isEqualTo(12);
    assertThat(loans.path("unknown_resolved").asLong()).isEqualTo(3);
  }
}
