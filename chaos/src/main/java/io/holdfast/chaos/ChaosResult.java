package io.holdfast.chaos;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Holdings;
import io.holdfast.chaos.check.Overlap;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.History;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run came to.
 *
 * @param history everything that the clients noted
 * @param check the judgement on it
 * @param faultOutcomes the faults, in order
 * @param skipped the faults that could not be, and why
 * @param recoveries how long each lock took to get over each fault, by the fault's name
 * @param overlaps times at which two believed to hold what only one can
 */
public record ChaosResult(
    History history,
    HistoryCheck check,
    List<FaultOutcome> faultOutcomes,
    Map<String, String> skipped,
    Map<String, List<RecoveryTime>> recoveries,
    List<Overlap> overlaps) {

  static ChaosResult of(
      History history,
      HistoryCheck check,
      List<FaultOutcome> faultOutcomes,
      Map<String, String> skipped,
      Map<String, List<RecoveryTime>> recoveries) {
    return new ChaosResult(
        history,
        check,
        List.copyOf(faultOutcomes),
        new TreeMap<>(skipped),
        recoveries,
        Overlap.of(Holdings.of(history)));
  }

  /** How {@link #recoveries} are spread, by the fault's name. */
  public Map<String, RecoveryQuantiles> recovery() {
    Map<String, RecoveryQuantiles> recovery = new TreeMap<>();
    recoveries.forEach((fault, each) -> recovery.put(fault, RecoveryQuantiles.of(each)));
    return recovery;
  }

  /** For people: everything that a report has to say, in lines. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(history.about()).forEach((name, value) -> line(text, name + ": " + value));
    line(
        text,
        "%s: %d operations checked, %d keys; %d faults injected, %d bit; %d refused by a fence"
            .formatted(
                check.result(),
                check.operations(),
                check.verdicts().size(),
                faultOutcomes.size(),
                faultOutcomes.stream().filter(FaultOutcome::bitten).count(),
                check.fenced()));
    line(text, overlapped());
    faultOutcomes.forEach(
        faultOutcome ->
            line(
                text,
                "  %-24s %-45s %s"
                    .formatted(
                        faultOutcome.fault(),
                        faultOutcome.effect(),
                        faultOutcome.bitten() ? "bit" : "NEVER BIT")));
    recovery()
        .forEach((fault, each) -> line(text, "  recovery from %-24s %s".formatted(fault, each)));
    skipped.forEach((fault, why) -> line(text, "  SKIPPED " + fault + ": " + why));
    check
        .verdicts()
        .forEach(
            (key, verdict) -> {
              if (verdict.result() != HistoryCheck.Result.VALID) {
                line(text, "  " + key + ": " + verdict);
              }
            });
    return text.toString();
  }

  private String overlapped() {
    Duration longest =
        overlaps.stream().map(Overlap::length).max(Duration::compareTo).orElse(Duration.ZERO);
    return "%d times a zombie believed to hold what another held, %d ms at most; %d ms proven twice"
        .formatted(overlaps.size(), longest.toMillis(), provenTwice().toMillis());
  }

  /** How long two were certain to hold what only one can. */
  public Duration provenTwice() {
    return overlaps.stream().map(Overlap::proven).reduce(Duration.ZERO, Duration::plus);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
