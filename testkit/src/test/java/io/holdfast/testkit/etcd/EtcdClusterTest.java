package io.holdfast.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EtcdClusterTest {

  @Test
  void restart_serverKilled_keepsItsDataAndPorts() {
    try (EtcdCluster cluster = EtcdCluster.start(1)) {
      cluster.etcdctl("put", "/a", "1");
      cluster.kill(0);
      cluster.restart(0);

      assertThat(cluster.etcdctl("get", "--print-value-only", "/a"))
          .isEqualToIgnoringWhitespace("1");
    }
  }

  @Test
  void leader_leaderPaused_anotherLeads() {
    try (EtcdCluster cluster = EtcdCluster.start(3)) {
      int first = cluster.leader().orElseThrow();
      cluster.pause(first);

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> cluster.leader().isPresent() && cluster.leader().getAsInt() != first);
      cluster.resume(first);
      cluster.awaitServing();
    }
  }
}
