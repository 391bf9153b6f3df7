package io.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Holdfast;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a newcomer runs it, only shorter: real servers, real processes, a real kill. */
@Timeout(300)
@Order(1)
final class DemoTest {

  @TempDir private Path folder = Path.of("");

  private JsonNode demo(String... more) throws Exception {
    Path json = folder.resolve("demo.json");
    List<String> arguments =
        new ArrayList<>(
            List.of("demo", "--seconds", "10", "--rate", "40", "--json", json.toString()));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(out));

    int exit = commandLine.execute(arguments.toArray(String[]::new));

    assertThat(exit).as(out.toString()).isZero();
    return new ObjectMapper().readTree(json.toFile());
  }

  private static void assertHolds(JsonNode report) {
    assertThat(report.path("payments_acknowledged").asLong()).isGreaterThan(60);
    assertThat(report.path("kills").asInt()).isEqualTo(1);
    assertThat(report.path("commits_at_kill").asInt()).isPositive();
    assertThat(report.path("takeover_ms").asLong()).isPositive();
    assertThat(report.path("lost_acknowledged").asInt(-1)).isZero();
    assertThat(report.path("duplicate_effects").asInt(-1)).isZero();
    assertThat(report.path("audit_wrong").asLong(-1)).isZero();
    assertThat(report.path("undecided_at_end").asInt(-1)).isZero();
    assertThat(report.path("acquirer_differences").asInt(-1)).isZero();
    assertThat(report.path("database_restart_ms").asLong()).isPositive();
    for (String scenario : List.of("transfers", "purchases", "card top-ups", "loans")) {
      assertThat(report.path("scenarios").path(scenario).path("done").asLong())
          .as(scenario)
          .isPositive();
    }
    assertThat(report.path("shards_without_owner").asInt(-1)).isZero();
  }

  @Test
  void demo_onZooKeeper_keepsEveryCent() throws Exception {
    JsonNode report = demo();

    assertHolds(report);
    assertThat(report.path("backend").asText()).isEqualTo("zookeeper");
  }

  @Test
  void demo_onEtcd_keepsEveryCent() throws Exception {
    JsonNode report = demo("--backend", "etcd");

    assertHolds(report);
    assertThat(report.path("backend").asText()).isEqualTo("etcd");
  }

  @Test
  void demo_onAClusterThatIsThere_keepsEveryCent() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(3)) {
      assertHolds(demo("--connect", cluster.uri("existing"), "--nodes", "2"));
    }
  }
}
