package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.etcd.EtcdHttp;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When etcd takes no writes any more, an operator has to see what is going on. */
@Timeout(180)
final class FullEtcdTest {

  @Test
  void readingCommands_etcdIsFull_work() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Coordinator coordinator = Coordinator.connect(cluster.uri("payments"));
        Registry registry = new Registry(coordinator);
        LockGrant grant = new Locks(coordinator).lock("invoice-7").exclusive().acquire();
        Leadership leading = new Elections(coordinator).election("office").campaign()) {
      registry.register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 8080));
      String uri = cluster.uri("payments");
      assertThat(CommandRun.of("generation", "bump", "--yes", "--connect", uri).exitCode())
          .isZero();
      alarm(cluster, "ACTIVATE");

      assertThat(
              CommandRun.of("locks", "exec", "b", "--timeout", "2", "--connect", uri, "--", "true"))
          .extracting(CommandRun::exitCode)
          .as("a session of its own cannot be had")
          .isEqualTo(3);
      for (String[] command :
          List.of(
              new String[] {"locks", "list", "invoice-7"},
              new String[] {"locks", "show", "invoice-7"},
              new String[] {"elections", "list"},
              new String[] {"elections", "show", "office"},
              new String[] {"services", "list"},
              new String[] {"services", "show", "billing"},
              new String[] {"audit"},
              new String[] {"generation", "show"})) {
        String[] line = java.util.Arrays.copyOf(command, command.length + 2);
        line[command.length] = "--connect";
        line[command.length + 1] = uri;
        CommandRun run = CommandRun.of(line);
        assertThat(run.exitCode()).as("%s: %s", List.of(command), run.err()).isZero();
        assertThat(run.out()).containsAnyOf("invoice-7", "office", "b-1", "billing", "raise", "1");
      }
      assertThat(CommandRun.of("doctor", "--connect", uri).out()).contains("NOSPACE");
      assertThat(grant.isHeld() && leading.isLeader()).isTrue();
      alarm(cluster, "DEACTIVATE");
    }
  }

  private static void alarm(EtcdCluster cluster, String action) throws IOException {
    EtcdHttp.post(
        cluster.endpoints().get(0),
        "/v3/maintenance/alarm",
        "{\"action\":\"%s\",\"alarm\":\"NOSPACE\"}".formatted(action));
  }
}
