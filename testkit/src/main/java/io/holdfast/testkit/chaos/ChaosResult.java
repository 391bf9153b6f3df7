package io.holdfast.testkit.chaos;

import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.check.Holdings;
import io.holdfast.testkit.check.Overlap;
import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.history.History;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run came to.
 *
 * @param history everything that the clients noted
 * @param check the judgement on it
 * @param injuries the faults, in order
 * @param skipped the faults that could not be, and why
 * @param recoveries how long each lock took to get over each fault, by the fault's name
 * @param overlaps times at which two believed to hold what only one can
 */
public record ChaosResult(
    History history,
    HistoryCheck check,
    List<Injury> injuries,
    Map<String, String> skipped,
    Map<String, List<Recovered>> recoveries,
    List<Overlap> overlaps) {

  static ChaosResult of(
      History history,
      HistoryCheck check,
      List<Injury> injuries,
      Map<String, String> skipped,
      Map<String, List<Recovered>> recoveries) {
    return new ChaosResult(
        history,
        check,
        List.copyOf(injuries),
        new TreeMap<>(skipped),
        recoveries,
        Overlap.of(Holdings.of(history)));
  }

  /** How {@link #recoveries} are spread, by the fault's name. */
  public Map<String, RecoverySpread> recovered() {
    Map<String, RecoverySpread> recovered = new TreeMap<>();
    recoveries.forEach((fault, each) -> recovered.put(fault, RecoverySpread.of(each)));
    return recovered;
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
                injuries.size(),
                injuries.stream().filter(Injury::bitten).count(),
                check.fenced()));
    line(text, overlapped());
    injuries.forEach(
        injury ->
            line(
                text,
                "  %-24s %-45s %s"
                    .formatted(
                        injury.fault(), injury.effect(), injury.bitten() ? "bit" : "NEVER BIT")));
    recovered()
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
