package io.holdfast.cli.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class DoctorCommandTest {

  /** Its session lasts ten seconds, which a machine that runs every test may be too busy for. */
  private static final int LOST_SESSIONS = 3;

  private static CommandRun doctor(String uri, String... options) {
    String[] args = {"doctor", "--connect", uri, "--output", "json"};
    String[] all = Arrays.copyOf(args, args.length + options.length);
    System.arraycopy(options, 0, all, args.length, options.length);
    CommandRun run = CommandRun.of(all);
    for (int more = 0; more < LOST_SESSIONS && run.out().contains(" is over"); more++) {
      run = CommandRun.of(all);
    }
    return run;
  }

  private static JsonNode finding(CommandRun run, String subject) {
    for (JsonNode finding : run.json()) {
      if (finding.path("subject").asText().startsWith(subject)) {
        return finding;
      }
    }
    throw new AssertionError("nothing about " + subject + " in " + run.out());
  }

  private static void assertHealthy(CommandRun run) {
    for (String subject :
        new String[] {
          "permission to create",
          "permission to list",
          "permission to watch",
          "permission to delete",
          "generation"
        }) {
      assertThat(finding(run, subject).path("level").asText())
          .as("%s in %s", subject, run.out())
          .isEqualTo("OK");
    }
    assertThat(finding(run, "write").path("finding").asText()).contains(" ms");
    assertThat(finding(run, "linearizable read").path("finding").asText()).contains(" ms");
    assertThat(finding(run, "session time-out").path("finding").asText()).contains("10000 ms");
    assertThat(finding(run, "clock").path("finding").asText()).isNotEmpty();
  }

  @Test
  void doctor_memory_isHealthyAndLeavesNothingBehind() {
    String uri = "memory://doctor/" + UUID.randomUUID();

    CommandRun run = doctor(uri);

    assertThat(run.exitCode()).as(run.out()).isZero();
    assertHealthy(run);
    try (Coordinator coordinator = Coordinator.connect(uri)) {
      assertThat(
              coordinator
                  .session()
                  .join()
                  .list(Key.of("doctor"), Consistency.LINEARIZABLE)
                  .join()
                  .entries())
          .isEmpty();
    }
  }

  @Test
  void doctor_zooKeeper_knowsVersionAndTellsOfAnOpenNamespace() {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      CommandRun run = doctor(server.uri("payments"));

      assertHealthy(run);
      assertThat(run.exitCode()).as(run.out()).isZero();
      JsonNode reached = finding(run, "server 127.0.0.1:" + server.port());
      assertThat(reached.path("level").asText()).isEqualTo("OK");
      assertThat(reached.path("finding").asText()).contains("3.9.5").contains("standalone");
      assertThat(finding(run, "namespace").path("level").asText()).isEqualTo("WARNING");
      assertThat(finding(run, "namespace").path("advice").asText()).contains("log in");
      assertThat(finding(run, "tls").path("level").asText()).isEqualTo("WARNING");
      assertOpenAndUntouched(run, server.uri("payments"));
      CommandRun byTls =
          doctor(server.uri("payments").replace("zookeeper:", "zookeeper+tls:"), "--timeout", "3");
      assertThat(finding(byTls, "server ").path("finding").asText())
          .contains("does not speak TLS", "leave +tls out");
      assertThat(byTls.out()).doesNotContain("firewall", "\"tick\"");
    }
  }

  /** What an anonymous client could do has been found out, and not been done. */
  private static void assertOpenAndUntouched(CommandRun run, String uri) {
    JsonNode namespace = finding(run, "namespace");
    assertThat(namespace.path("level").asText()).as(run.out()).isEqualTo("WARNING");
    assertThat(namespace.path("finding").asText())
        .contains("does not log in could", "take locks", "depose leaders", "end every session");
    assertThat(namespace.path("advice").asText()).contains("docs/security.md");
    try (Coordinator coordinator = Coordinator.connect(uri)) {
      for (String directory : new String[] {"locks", "elections", "services", "audit"}) {
        assertThat(
                coordinator
                    .session()
                    .join()
                    .names(Key.of(directory), Consistency.LINEARIZABLE)
                    .join())
            .isEmpty();
      }
    }
  }

  @Test
  void doctor_etcd_knowsVersionAndMembers() {
    try (EtcdCluster cluster = EtcdCluster.start(1)) {
      CommandRun run = doctor(cluster.uri("payments"));

      assertHealthy(run);
      JsonNode server = finding(run, "server ");
      assertThat(server.path("finding").asText()).matches("etcd \\d+\\.\\d+\\.\\d+.*");
      assertThat(finding(run, "members").path("finding").asText()).contains("1");
      assertOpenAndUntouched(run, cluster.uri("payments"));
      boolean problem = run.out().contains("PROBLEM");
      assertThat(run.exitCode()).as(run.out()).isEqualTo(problem ? 1 : 0);
      CommandRun asZooKeeper =
          doctor(cluster.uri("payments").replace("etcd://", "zookeeper://"), "--timeout", "3");
      assertThat(finding(asZooKeeper, "server ").path("finding").asText())
          .contains("is no ZooKeeper");
      assertThat(asZooKeeper.out()).doesNotContain("firewall", "4lw", "\"tick\"");
      assertToldWithoutNetty(cluster.uri("payments").replace("etcd://", "etcd+tls://"));
    }
  }

  /** TLS to a server without: one line each, in words. */
  private static void assertToldWithoutNetty(String uri) {
    CommandRun run = CommandRun.of("doctor", "--connect", uri, "--timeout", "3");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out() + run.err())
        .contains("does not speak TLS", "leave +tls out")
        .doesNotContainPattern("(?i)netty|negotiation|pipeline|hex dump|ssl/tls record|settings");
  }

  @Test
  void doctor_nobodyThere_saysSoForTheServerAndTheSession() {
    CommandRun run = doctor("zookeeper://127.0.0.1:1/payments", "--timeout", "3");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(finding(run, "server 127.0.0.1:1").path("level").asText()).isEqualTo("PROBLEM");
    assertThat(finding(run, "session").path("level").asText()).isEqualTo("PROBLEM");
    assertThat(finding(run, "session").path("advice").asText()).contains("majority");
    assertThat(run.out()).as("nobody has answered").doesNotContain("\"tick\"");
  }

  @Test
  void doctor_unknownHost_isToldByName() {
    CommandRun run = doctor("etcd://nobody.invalid:2379/payments", "--timeout", "3");

    assertThat(finding(run, "server ").path("finding").asText())
        .isEqualTo("unknown host nobody.invalid");
    assertThat(finding(run, "server ").path("advice").asText()).isEqualTo("check the name");
  }
}
