package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.MachineLoad;
import io.holdfast.chaos.RecoveryTime;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.report.ReportFiles;
import io.holdfast.chaos.suite.RecoveryBounds.Hurt;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What every chaos run must have kept, and where its report goes. */
final class ChaosAssertions {

  /** The fault after which a holder may come back with a token that is out of date. */
  static final String TRIES_THE_FENCE = "client-paused";

  /** How often it is injected if need be. */
  static final int MOST_TRIES = 8;

  /** Where histories and reports are kept. */
  static final Path KEPT = Path.of("target", "chaos");

  private ChaosAssertions() {}

  /** Keeps the history, the report and the summary in {@code target/chaos}. */
  static void keep(ChaosResult result, String name) throws IOException {
    ReportFiles.write(KEPT, name, result);
    System.out.println(result.summary());
  }

  /** Keeps what clients noted and logged in {@code target/chaos} for a run that has no result. */
  static void keepNotes(TemporaryFolder folder, String name) throws IOException {
    Path kept = Files.createDirectories(KEPT);
    Path notes = Files.createTempDirectory(kept, name + "-stuck-");
    folder.copyTo(notes.resolve("clients"));
    System.out.println("what the clients noted and logged is in " + notes);
  }

  /** Fails unless every promise was kept, every fault bit, and the fence was tried. */
  static void judge(ChaosResult result) {
    assertThat(result.check().result()).as(result.summary()).isEqualTo(HistoryCheck.Result.VALID);
    assertThat(result.faultOutcomes())
        .as(result.summary())
        .isNotEmpty()
        .allMatch(FaultOutcome::bitten, "bit");
    assertThat(result.check().operations()).as(result.summary()).isGreaterThan(500);
    assertThat(result.check().fenced())
        .as("no hold outlived its session, so the fence was not tried:\n%s", result.summary())
        .isPositive();
    assertThat(result.provenTwice()).as(result.summary()).isZero();
    if (!isOverloaded()) {
      result
          .recoveries()
          .forEach(
              (fault, all) ->
                  assertThat(RecoveryBounds.excessOfTheLast(fault, all))
                      .as(result.summary())
                      .isEmpty());
    }
  }

  /**
   * Fails unless all legs together kept every promise, the fence was tried, and nearly every lock
   * was soon of use again.
   */
  static void judge(CampaignSummary tally) {
    assertThat(tally.operations()).as("operations checked").isPositive();
    assertThat(tally.violations()).as("violations").isZero();
    assertThat(tally.unknown()).as("keys given up, which is no pass").isZero();
    assertThat(tally.fenced()).as("writes refused by a fence").isPositive();
    judgeNearlyAll(Hurt.CLIENTS, tally.clientsRecovered());
    judgeNearlyAll(Hurt.SERVERS, tally.serversRecovered());
  }

  private static void judgeNearlyAll(Hurt hurt, List<RecoveryTime> recoveries) {
    if (recoveries.size() < RecoveryBounds.ENOUGH_FOR_P99) {
      System.out.printf(
          "SKIPPED: p99 after faults of %s, of %d recoveries%n", hurt, recoveries.size());
    } else if (!isOverloaded()) {
      assertThat(RecoveryBounds.excessOfNearlyAll(hurt, recoveries)).isEmpty();
    }
  }

  /** On a machine that has far more to do than it can, times say nothing of locks. */
  private static boolean isOverloaded() {
    double load = MachineLoad.now();
    if (MachineLoad.isTooMuch(load)) {
      System.out.printf("SKIPPED: times of recovery are not judged, at a load of %.0f%n", load);
    }
    return MachineLoad.isTooMuch(load);
  }
}
