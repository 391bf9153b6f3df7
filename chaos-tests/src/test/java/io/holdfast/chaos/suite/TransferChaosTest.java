package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.Nemesis;
import io.holdfast.chaos.fault.Store;
import io.holdfast.chaos.fault.Target;
import io.holdfast.chaos.suite.transfer.TransferRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Mistake;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Transfers between two databases while the databases, the store, and the clients are hurt: no
 * money is lost or made at any instant, and nothing is in doubt five seconds after all has healed.
 */
@Timeout(600)
@ResourceLock("processors")
final class TransferChaosTest {

  private static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration WHILE = Duration.ofSeconds(1);

  /** Both in the whole matrix. */
  static Stream<Store> stores() {
    return Boolean.getBoolean("holdfast.chaos.whole")
        ? Stream.of(Store.values())
        : Stream.of(Store.ETCD);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void transfers_underFaults_keepAllMoney(Store store) throws SQLException, InterruptedException {
    long seed = Long.getLong("holdfast.seed", 1L);
    try (Cluster cluster = Clusters.start(Clusters.PROCESSES, store, 3);
        PostgresServer first = PostgresServer.start(TransferRun.SETTINGS);
        PostgresServer second = PostgresServer.start(TransferRun.SETTINGS);
        TransferRun run =
            new TransferRun(name -> connect(cluster, name), first, second, Mistake.NONE, seed)) {
      run.killProcess(cluster.uri("transfers"), WHILE);
      first.kill();
      run.goOn(WHILE);
      first.restart();
      run.goOn(WHILE);
      second.pause();
      run.goOn(WHILE);
      second.resume();
      killLeader(cluster, seed);
      int before = run.acknowledged();
      run.awaitAcknowledged(10);

      List<String> wrong = run.finish();

      String summary =
          "%s, seed %d: %d acknowledged, %d aborted, %d deaths"
              .formatted(store, seed, run.acknowledged(), run.aborted(), run.deaths());
      System.out.println(summary);
      assertThat(wrong).as(summary).isEmpty();
      assertThat(run.acknowledged()).as(summary).isGreaterThanOrEqualTo(before + 10);
      assertThat(run.deaths()).as(summary).isPositive();
    }
  }

  private static void killLeader(Cluster cluster, long seed) {
    Target servers =
        new Target(
            cluster,
            "transfers",
            List.of(),
            () -> {
              throw new IllegalStateException("none of its clients is hurt");
            },
            new Random(seed));
    Fault fault =
        FaultCatalog.all().stream()
            .filter(each -> each.name().equals("kill-leader"))
            .findFirst()
            .orElseThrow();
    new Nemesis(servers).hurt(fault, SESSION);
  }

  private static Coordinator connect(Cluster cluster, String name) {
    return Coordinator.connect(
        cluster.uri("transfers"),
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(name))
            .withSessionTimeout(SESSION));
  }
}
