package io.holdfast.chaos;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Fault;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A few faults against locks of every kind, on both stores: real servers, real client processes.
 *
 * <p>{@code -Dholdfast.seed=N} replays a choice of faults, {@code -Dholdfast.faults=a,b} names
 * them, {@code -Dholdfast.faults=all} takes every one. What the clients noted is kept in {@code
 * target/chaos}, for {@code holdfast chaos check}, and its report beside it.
 */
@Timeout(1_800)
final class ChaosTest {

  private static final int CHOSEN = 3;

  /** Sees to it that a hold outlives its session at least once: else the fence proves nothing. */
  private static final String ALWAYS = "client-paused";

  @ParameterizedTest
  @EnumSource
  void locks_underFaults_keepTheirPromises(Store store, @TempDir Path folder) throws IOException {
    long seed = Long.getLong("holdfast.seed", System.nanoTime() & 0xffff_ffffL);
    try (Cluster cluster = Clusters.start(store, 3);
        ChaosRun run = ChaosRun.start(cluster, seed, folder)) {
      chosen(seed).forEach(run::hurt);
      ChaosResult result = run.finish();
      Judgement.keep(result, store + "-" + seed);
      Judgement.judge(result);
    }
  }

  private static List<Fault> chosen(long seed) {
    String named = System.getProperty("holdfast.faults", "");
    List<Fault> all = new ArrayList<>(Faults.all());
    if (named.equals("all")) {
      return all;
    }
    if (!named.isEmpty()) {
      List<String> names = List.of(named.split(",", -1));
      return all.stream().filter(fault -> names.contains(fault.name())).toList();
    }
    Collections.shuffle(all, new Random(seed));
    List<Fault> chosen = new ArrayList<>(all.subList(0, CHOSEN));
    chosen.removeIf(fault -> fault.name().equals(ALWAYS));
    all.stream().filter(fault -> fault.name().equals(ALWAYS)).forEach(chosen::add);
    return chosen;
  }
}
