package io.holdfast.chaos.suite;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.ChaosRun;
import io.holdfast.chaos.InjectedFaults;
import io.holdfast.chaos.Leg;
import io.holdfast.chaos.NoProgressException;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.workload.Workload;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The legs of a plan, some at a time, each judged by itself. */
final class LegRunner {

  /** Legs mostly wait: for time-outs, elections and servers that start. */
  private static final int AT_ONCE = Integer.getInteger("holdfast.legs", 4);

  private LegRunner() {}

  /**
   * Runs all legs, those with most faults first, whatever comes of each.
   *
   * @return what was wrong, by leg; those that kept every promise are not in it
   */
  static Map<Leg, Throwable> run(List<Leg> legs) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    Map<Leg, Future<?>> running = new LinkedHashMap<>();
    CampaignSummary tally = new CampaignSummary();
    Map<Leg, Throwable> wrong = new LinkedHashMap<>();
    try {
      List<Leg> longestFirst =
          legs.stream()
              .sorted(Comparator.comparing((Leg leg) -> leg.faults().size()).reversed())
              .toList();
      for (Leg leg : longestFirst) {
        Callable<Void> task =
            () -> {
              run(leg, tally);
              return null;
            };
        running.put(leg, pool.submit(task));
      }
      for (Map.Entry<Leg, Future<?>> each : running.entrySet()) {
        try {
          each.getValue().get();
        } catch (ExecutionException e) {
          wrong.put(each.getKey(), e.getCause());
          System.out.println("FAILED " + each.getKey().name() + ": " + e.getCause());
        }
      }
    } finally {
      pool.shutdownNow();
    }
    System.out.println(tally);
    if (wrong.isEmpty()) {
      ChaosAssertions.judge(tally);
    }
    return wrong;
  }

  private static void run(Leg leg, CampaignSummary tally) throws IOException {
    ChaosResult result;
    try (Cluster cluster = Clusters.start(leg.provider(), leg.store(), 3)) {
      result = hurt(cluster, leg, leg.name(), tally);
    }
    ChaosAssertions.keep(result, leg.name());
    ChaosAssertions.judge(result);
  }

  /**
   * Hurts a cluster as a leg says, and counts what came of it.
   *
   * @param name of what is kept if it does not come to an end
   */
  static ChaosResult hurt(Cluster cluster, Leg leg, String name, CampaignSummary tally)
      throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create("holdfast-chaos-")) {
      try (ChaosRun run =
          ChaosRun.start(cluster, leg.seed(), folder.path(), EnumSet.allOf(Workload.class))) {
        leg.faults().forEach(fault -> run.hurt(FaultCatalog.named(fault)));
        run.hurtUntilFenced(
            FaultCatalog.named(ChaosAssertions.TRIES_THE_FENCE), ChaosAssertions.MOST_TRIES);
        ChaosResult result = run.finish();
        tally.add(leg, result);
        InjectedFaults.note(ChaosAssertions.KEPT, leg.store(), result.faultOutcomes());
        tally.addDisk(folder.size() + cluster.diskUsed());
        return result;
      } catch (NoProgressException e) {
        ChaosAssertions.keepNotes(folder, name);
        throw e;
      }
    }
  }

  /** Legs as a message for a test that failed. */
  static String describe(Map<Leg, Throwable> wrong) {
    List<String> lines = new ArrayList<>();
    wrong.forEach(
        (leg, why) -> lines.add(leg.name() + ", again: " + leg.replay() + "\n" + why + "\n"));
    return String.join("\n", lines);
  }
}
