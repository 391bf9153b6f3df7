package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.Spread;
import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.process.TemporaryFolder;
import io.holdfast.testkit.report.ReportFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What every chaos run must have kept, and where its report goes. */
final class Judgement {

  /** The fault after which a holder may come back with a token that is out of date. */
  static final String TRIES_THE_FENCE = "client-paused";

  /** How often it is injected if need be. */
  static final int MOST_TRIES = 8;

  /** In session time-outs: how long 99 of 100 locks may be of no use after a fault. */
  private static final double NEARLY_ALL = 1.6;

  /** The same for the last of them, whatever was hurt. */
  private static final double MOST = 2;

  /**
   * What an election adds to {@link #NEARLY_ALL}: the leader is missed after one second of a
   * session of three, as {@link io.holdfast.testkit.fault.Clusters} tells, and half a second later
   * there is another.
   */
  private static final double ELECTION = 0.5;

  /**
   * What it adds to {@link #MOST} if a client is heard and hears nothing. ZooKeeper keeps its
   * session for a time-out from its last attempt to connect, and its library makes that up to a
   * second after the client has given up: a third of a session of three.
   */
  private static final double DEAF = 1 / 3.0;

  /** Of fewer the greatest is all that can be said. */
  private static final int ENOUGH_FOR_P99 = 100;

  /** Processes that want to run, for each processor. */
  private static final double MOST_LOAD = 6;

  private Judgement() {}

  /** Keeps the history, the report and the summary in {@code target/chaos}. */
  static void keep(ChaosResult result, String name) throws IOException {
    ReportFiles.write(Path.of("target", "chaos"), name, result);
    System.out.println(result.summary());
  }

  /** Keeps what clients noted and logged in {@code target/chaos} for a run that has no result. */
  static void keepNotes(TemporaryFolder folder, String name) throws IOException {
    Path kept = Files.createDirectories(Path.of("target", "chaos"));
    Path notes = Files.createTempDirectory(kept, name + "-stuck-");
    folder.copyTo(notes.resolve("clients"));
    System.out.println("what the clients noted and logged is in " + notes);
  }

  /** Fails unless every promise was kept, every fault bit, and the fence was tried. */
  static void judge(ChaosResult result) {
    assertThat(result.check().result()).as(result.summary()).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.injuries()).as(result.summary()).isNotEmpty().allMatch(Injury::bitten, "bit");
    assertThat(result.check().operations()).as(result.summary()).isGreaterThan(500);
    assertThat(result.check().fenced())
        .as("no hold outlived its session, so the fence was not tried:\n%s", result.summary())
        .isPositive();
    assertThat(result.provenTwice()).as(result.summary()).isZero();
    if (!isOverloaded()) {
      result.recovered().forEach((fault, took) -> assertRecovered(fault, took, result));
    }
  }

  private static void assertRecovered(String fault, Spread took, ChaosResult result) {
    double most = fault.equals("client-deaf") ? MOST + DEAF : MOST;
    assertThat(took.max())
        .as("session time-outs to get over %s:\n%s", fault, result.summary())
        .isLessThanOrEqualTo(most);
  }

  /** Fails unless nearly every lock was soon of use again, in all legs together. */
  static void judge(Tally tally) {
    assertNearlyAll("faults of clients", tally.clientsRecovered(), NEARLY_ALL);
    assertNearlyAll("faults of servers", tally.serversRecovered(), NEARLY_ALL + ELECTION);
  }

  private static void assertNearlyAll(String what, List<Double> recoveries, double most) {
    if (recoveries.size() < ENOUGH_FOR_P99) {
      System.out.printf("SKIPPED: p99 after %s, of %d recoveries%n", what, recoveries.size());
    } else if (!isOverloaded()) {
      assertThat(Spread.of(recoveries).p99())
          .as("p99 of recovery in session time-outs, after " + what)
          .isLessThanOrEqualTo(most);
    }
  }

  /** On a machine that has far more to do than it can, times say nothing of locks. */
  private static boolean isOverloaded() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    double load = system.getSystemLoadAverage() / system.getAvailableProcessors();
    if (load > MOST_LOAD) {
      System.out.printf("SKIPPED: times of recovery are not judged, at a load of %.0f%n", load);
    }
    return load > MOST_LOAD;
  }
}
