package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.chaos.Spread;
import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Fault;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.fault.Store;
import io.holdfast.testkit.history.HistoryFiles;
import io.holdfast.testkit.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
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

  /** In session time-outs: how long 99 of 100 locks may be of no use after a fault. */
  private static final double NEARLY_ALL = 1.6;

  /** The same for the last of them. */
  private static final double MOST = 2;

  /**
   * What an election adds: it begins when the leader is missed, which takes two seconds of a
   * session of three; and a new ZooKeeper leader lets every session begin anew.
   */
  private static final double ELECTION = 1;

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
      keep(result, store + "-" + seed);
      judge(result);
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

  private static void keep(ChaosResult result, String name) throws IOException {
    Path kept = Files.createDirectories(Path.of("target", "chaos"));
    Files.writeString(kept.resolve(name + ".txt"), result.summary());
    Files.writeString(kept.resolve(name + ".html"), HtmlReport.of(result));
    HistoryFiles.write(kept.resolve(name + ".jsonl"), result.history());
    System.out.println(result.summary());
  }

  private static void judge(ChaosResult result) {
    assertThat(result.check().result()).as(result.summary()).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.injuries()).as(result.summary()).isNotEmpty().allMatch(Injury::bitten, "bit");
    assertThat(result.check().operations()).as(result.summary()).isGreaterThan(500);
    assertThat(result.check().fenced())
        .as("no hold outlived its session, so the fence was not tried:\n%s", result.summary())
        .isPositive();
    assertThat(result.provenTwice()).as(result.summary()).isZero();
    result.recovered().forEach((fault, took) -> assertRecovered(fault, took, result));
  }

  private static void assertRecovered(String fault, Spread took, ChaosResult result) {
    double election = fault.startsWith("client-") ? 0 : ELECTION;
    String what = "session time-outs to get over " + fault + ":\n" + result.summary();
    assertThat(took.p99()).as(what).isLessThanOrEqualTo(NEARLY_ALL + election);
    assertThat(took.max()).as(what).isLessThanOrEqualTo(MOST + election);
  }
}
