package io.holdfast.chaos;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.ChaosRun;
import io.holdfast.testkit.chaos.Injected;
import io.holdfast.testkit.chaos.Leg;
import io.holdfast.testkit.chaos.StuckException;
import io.holdfast.testkit.chaos.Workload;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.fault.Clusters;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.util.ArrayList;
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
final class Campaign {

  /** Legs mostly wait: for time-outs, elections and servers that start. */
  private static final int AT_ONCE = Integer.getInteger("holdfast.legs", 4);

  private Campaign() {}

  /**
   * Runs all legs, whatever comes of each.
   *
   * @return what was wrong, by leg; those that kept every promise are not in it
   */
  static Map<Leg, Throwable> run(List<Leg> legs) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    Map<Leg, Future<?>> running = new LinkedHashMap<>();
    Tally tally = new Tally();
    Map<Leg, Throwable> wrong = new LinkedHashMap<>();
    try {
      for (Leg leg : legs) {
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
      Judgement.judge(tally);
    }
    return wrong;
  }

  private static void run(Leg leg, Tally tally) throws IOException {
    ChaosResult result;
    try (Cluster cluster = Clusters.start(leg.provider(), leg.store(), 3)) {
      result = hurt(cluster, leg, leg.name(), tally);
    }
    Judgement.keep(result, leg.name());
    Judgement.judge(result);
  }

  /**
   * Hurts a cluster as a leg says, and counts what came of it.
   *
   * @param name of what is kept if it does not come to an end
   */
  static ChaosResult hurt(Cluster cluster, Leg leg, String name, Tally tally) throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create("holdfast-chaos-")) {
      try (ChaosRun run =
          ChaosRun.start(cluster, leg.seed(), folder.path(), EnumSet.allOf(Workload.class))) {
        leg.faults().forEach(fault -> run.hurt(Faults.named(fault)));
        run.hurtUntilFenced(Faults.named(Judgement.TRIES_THE_FENCE), Judgement.MOST_TRIES);
        ChaosResult result = run.finish();
        tally.add(leg, result);
        Injected.note(Judgement.KEPT, leg.store(), result.injuries());
        tally.addDisk(folder.size() + cluster.diskUsed());
        return result;
      } catch (StuckException e) {
        Judgement.keepNotes(folder, name);
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
