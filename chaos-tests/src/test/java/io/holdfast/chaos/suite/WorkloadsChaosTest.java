package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.ChaosRun;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.Store;
import io.holdfast.chaos.history.HistoryFiles;
import io.holdfast.chaos.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Elections, a fair queue, the registry and the balancer under a fault, on both stores: real
 * servers, real client processes. Part of {@code -Pchaos}.
 *
 * <p>{@code -Dholdfast.seed=N} replays whom the fault hits, {@code -Dholdfast.faults=a,b} names
 * others, with a calm after each. What the clients noted is kept in {@code target/chaos}.
 */
@EnabledIfSystemProperty(
    named = "holdfast.chaos.whole",
    matches = "true",
    disabledReason = "ChaosTest has these workloads among others")
@Timeout(1_800)
@ResourceLock("processors")
final class WorkloadsChaosTest {

  private static final Set<Workload> WORKLOADS =
      EnumSet.of(Workload.ELECTION, Workload.FAIRNESS, Workload.REGISTRY, Workload.BALANCER);

  private static final Set<String> KEYS =
      Set.of("election/chief", "fairness/line", "registry/fleet", "balancer/fleet");

  @ParameterizedTest
  @EnumSource
  void workloads_underAFault_keepTheirPromises(Store store, @TempDir Path folder)
      throws IOException {
    long seed = Long.getLong("holdfast.seed", 1L);
    String ordinary = store == Store.ETCD ? "client-paused" : "kill-leader";
    List<String> names = List.of(System.getProperty("holdfast.faults", ordinary).split(",", -1));
    try (Cluster cluster = Clusters.start(store, 3);
        ChaosRun run = ChaosRun.start(cluster, seed, folder, WORKLOADS)) {
      for (String name : names) {
        FaultCatalog.all().stream().filter(fault -> fault.name().equals(name)).forEach(run::hurt);
        if (names.size() > 1) {
          run.calm();
        }
      }
      ChaosResult result = run.finish();
      keep(result, store + "-workloads-" + seed);
      judge(result);
    }
  }

  private static void keep(ChaosResult result, String name) throws IOException {
    Path kept = Files.createDirectories(Path.of("target", "chaos"));
    HistoryFiles.write(kept.resolve(name + ".jsonl"), result.history());
    System.out.println(result.summary());
  }

  private static void judge(ChaosResult result) {
    assertThat(result.check().result()).as(result.summary()).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.check().verdicts()).containsOnlyKeys(KEYS);
    assertThat(result.check().verdicts().values())
        .as(result.summary())
        .allMatch(verdict -> verdict.operations() > 50);
    assertThat(result.faultOutcomes())
        .as(result.summary())
        .isNotEmpty()
        .allMatch(FaultOutcome::bitten, "bit");
    assertThat(result.provenTwice()).as(result.summary()).isZero();
  }
}
