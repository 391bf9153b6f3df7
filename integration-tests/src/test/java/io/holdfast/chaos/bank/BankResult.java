package io.holdfast.chaos.bank;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.LoadReport;
import java.util.Map;

/**
 * What a run came to, judged three times: by the history of what clients saw, by the product's own
 * audit, and by the acquirer's files.
 *
 * @param chaos the history, the judgement on it, and the faults
 * @param findings of the audit, after the last request had its answer
 * @param inDoubt transactions that the databases still hold prepared
 * @param reconciled the top-ups against the acquirer's files
 * @param doubled cards that the acquirer has charged twice by a fault of its own
 * @param disputes what the acquirer has taken back and given back by a fault of its own
 * @param load the clients' numbers, by scenario
 */
record BankResult(
    ChaosResult chaos,
    Findings findings,
    int inDoubt,
    BankAudit.Reconciled reconciled,
    long doubled,
    BankAcquirer.Disputes disputes,
    Map<String, LoadReport> load) {

  /** Requests that were given up without an answer. */
  long unresolved() {
    return load.values().stream().mapToLong(LoadReport::unresolved).sum();
  }

  /** For people. */
  String summary() {
    StringBuilder text = new StringBuilder(chaos.summary());
    load.forEach(
        (scenario, report) ->
            text.append(
                "%s: %d acknowledged, %d refused, %d unknown and resolved, %d unresolved%n"
                    .formatted(
                        scenario,
                        report.acknowledged(),
                        report.refused(),
                        report.unknownResolved(),
                        report.unresolved())));
    return text.append(
            "%d cards charged, %d of them twice; %s; differences %s; %d in doubt%n%s%n"
                .formatted(
                    reconciled.charges(),
                    doubled,
                    disputes,
                    reconciled.differences(),
                    inDoubt,
                    findings))
        .toString();
  }
}
