package io.holdfast.benchmarks.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs each comparison for a moment, so that none of them rots. The figures mean nothing. */
final class LockBenchmarksTest {

  private static final int ROWS = 12;
  private static final Duel MOMENT = new Duel(Duration.ofMillis(50), Duration.ofMillis(100), 1);
  private static final LockBenchmarks.Scale SMALL =
      new LockBenchmarks.Scale(Duration.ofMillis(200), MOMENT, MOMENT, 4, 1, 3, 20);
  private static final Cluster.Targets TARGETS = new Cluster.Targets(1, 1);

  @Test
  void run_zooKeeper_measuresEveryRow() throws Exception {
    EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
    try (Cluster cluster =
        new Cluster(
            "zookeeper",
            "127.0.0.1:" + server.port(),
            Contestant.Side.CURATOR,
            "Curator",
            TARGETS,
            server)) {
      assertMeasured(new LockBenchmarks(cluster, SMALL, result -> {}));
    }
  }

  @Test
  void measure_idleClientsOfZooKeeper_writeNothing() throws Exception {
    EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
    try (Cluster cluster =
        new Cluster(
            "zookeeper",
            "127.0.0.1:" + server.port(),
            Contestant.Side.CURATOR,
            "Curator",
            TARGETS,
            server)) {
      IdleClients idle =
          IdleClients.measure(cluster, 3, Duration.ofMillis(500), Duration.ofSeconds(4));
      assertThat(idle.ours()).isZero();
      assertThat(idle.theirs()).isZero();
    }
  }

  @Test
  void run_etcd_measuresEveryRow() throws Exception {
    EtcdCluster server = EtcdCluster.start(1);
    try (Cluster cluster =
        new Cluster(
            "etcd", server.endpoints().get(0), Contestant.Side.JETCD, "jetcd", TARGETS, server)) {
      assertMeasured(new LockBenchmarks(cluster, SMALL, result -> {}));
    }
  }

  private static void assertMeasured(LockBenchmarks benchmarks) throws Exception {
    List<Result> results = benchmarks.run();
    assertThat(results).hasSize(ROWS);
    assertThat(results)
        .allSatisfy(
            result -> {
              assertThat(result.ours()).isPositive();
              assertThat(result.theirs()).isPositive();
              assertThat(result.ratio()).isPositive();
            });
    assertThat(benchmarks.waiting().waiters()).isEqualTo(20);
  }
}
