package io.holdfast.benchmarks.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Runs each comparison for a moment, so that none of them rots. The figures mean nothing. */
@Execution(ExecutionMode.CONCURRENT)
@Order(1)
final class LockBenchmarksTest {

  private static final int ROWS = 20;
  private static final int LONG_QUEUE_ROWS = 3;
  private static final Duel MOMENT = new Duel(Duration.ofMillis(50), Duration.ofMillis(100), 1);
  private static final LockBenchmarks.Scale SMALL =
      new LockBenchmarks.Scale(Duration.ofMillis(200), MOMENT, MOMENT, 4, 1, 3, 20, List.of(5, 20));
  private static final Cluster.Targets TARGETS = new Cluster.Targets(1, 1);

  @Test
  void run_zooKeeper_measuresEveryRow() throws Exception {
    EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
    try (Cluster cluster =
        new Cluster(
            "zookeeper",
            "127.0.0.1:" + server.port(),
            Contestant.Side.CURATOR,
            Contestant.Side.BARE_ZOOKEEPER,
            "Curator",
            TARGETS,
            server)) {
      assertMeasured(cluster);
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
            Contestant.Side.BARE_ZOOKEEPER,
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
            "etcd",
            server.endpoints().get(0),
            Contestant.Side.JETCD,
            Contestant.Side.BARE_ETCD,
            "jetcd",
            TARGETS,
            server)) {
      assertMeasured(cluster);
    }
  }

  @Test
  void herd_etcd_comesBackAndIsCounted() throws Exception {
    assertThat(Herd.onEtcd(3))
        .hasSize(3)
        .allSatisfy(
            result -> {
              assertThat(result.ours()).isPositive();
              assertThat(result.theirs()).isPositive();
              assertThat(result.name()).doesNotContain("did)");
            });
  }

  private static void assertMeasured(Cluster cluster) throws Exception {
    List<Result> results = new ArrayList<>();
    LockBenchmarks benchmarks = new LockBenchmarks(cluster, SMALL, results::add);
    benchmarks.run();
    benchmarks.longQueues();
    assertThat(results).hasSize(ROWS + LONG_QUEUE_ROWS);
    assertThat(results)
        // Of so few waiters the heap tells more of what else runs in this process.
        .filteredOn(result -> !result.name().endsWith("heap for each"))
        .hasSizeLessThan(results.size())
        .allSatisfy(
            result -> {
              assertThat(result.ours()).isPositive();
              assertThat(result.theirs()).isPositive();
              assertThat(result.ratio()).isPositive();
            });
    assertThat(benchmarks.waiting().waiters()).isEqualTo(20);
  }
}
