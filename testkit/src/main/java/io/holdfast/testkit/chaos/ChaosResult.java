package io.holdfast.testkit.chaos;

import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.check.Verdict;
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
 * @param recovered how long each fault took to get over, as a multiple of the session time-out
 */
public record ChaosResult(
    History history,
    HistoryCheck check,
    List<Injury> injuries,
    Map<String, String> skipped,
    Map<String, Double> recovered) {

  static ChaosResult of(
      History history,
      HistoryCheck check,
      List<Injury> injuries,
      Map<String, String> skipped,
      List<Recovery> recoveries,
      Duration session) {
    Map<String, Double> recovered = new TreeMap<>();
    recoveries.forEach(
        each -> recovered.merge(each.injury().fault(), each.ratio(session), Math::max));
    return new ChaosResult(
        history, check, List.copyOf(injuries), new TreeMap<>(skipped), recovered);
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
    injuries.forEach(
        injury ->
            line(
                text,
                "  %-18s %-45s %s after %5.2f session time-outs"
                    .formatted(
                        injury.fault(),
                        injury.what(),
                        injury.bitten() ? "bit, recovered" : "NEVER BIT, all served",
                        recovered.getOrDefault(injury.fault(), 0.0))));
    skipped.forEach((fault, why) -> line(text, "  SKIPPED " + fault + ": " + why));
    check
        .verdicts()
        .forEach(
            (key, verdict) -> {
              if (!(verdict instanceof Verdict.Linearizable)) {
                line(text, "  " + key + ": " + verdict);
              }
            });
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
