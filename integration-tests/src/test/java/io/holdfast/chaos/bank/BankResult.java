package io.holdfast.chaos.bank;

import io.holdfast.payment.audit.Findings;
import io.holdfast.payment.load.LoadReport;
import io.holdfast.testkit.fault.Injury;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param about seed, backend, provider
 * @param findings of the audit, after the last request had its answer
 * @param inDoubt transactions that the database still holds prepared
 * @param load the clients' numbers
 * @param injuries the faults, in order
 * @param recovered after each fault, how long the slowest shard took to take a payment again
 * @param skipped the faults that could not be, and why
 */
record BankResult(
    Map<String, String> about,
    Findings findings,
    int inDoubt,
    LoadReport load,
    List<Injury> injuries,
    List<Duration> recovered,
    Map<String, String> skipped) {

  /** For people. */
  String summary() {
    StringBuilder text = new StringBuilder("bank " + about + "\n");
    text.append(
        "%d acknowledged, %d refused, %d unknown and resolved, %d unresolved; %d in doubt%n"
            .formatted(
                load.acknowledged(),
                load.refused(),
                load.unknownResolved(),
                load.unresolved(),
                inDoubt));
    for (int i = 0; i < injuries.size(); i++) {
      Injury injury = injuries.get(i);
      text.append(
          "  %-20s %-40s %s, every shard back after %.1f s%n"
              .formatted(
                  injury.fault(),
                  injury.what(),
                  injury.bitten() ? "bit" : "NEVER BIT",
                  recovered.get(i).toMillis() / 1e3));
    }
    skipped.forEach((fault, why) -> text.append("  SKIPPED %s: %s%n".formatted(fault, why)));
    return text.append(findings).append('\n').toString();
  }
}
