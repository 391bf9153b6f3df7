package io.holdfast.chaos.bank;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.LoadReport;

/**
 * What a run came to, judged twice: by the history of what clients saw, and by the product's own
 * audit.
 *
 * @param chaos the history, the judgement on it, and the faults
 * @param findings of the audit, after the last request had its answer
 * @param inDoubt transactions that the database still holds prepared
 * @param load the clients' numbers
 */
record BankResult(ChaosResult chaos, Findings findings, int inDoubt, LoadReport load) {

  /** For people. */
  String summary() {
    return "%s%d acknowledged, %d refused, %d unknown and resolved, %d unresolved; %d in doubt%n%s%n"
        .formatted(
            chaos.summary(),
            load.acknowledged(),
            load.refused(),
            load.unknownResolved(),
            load.unresolved(),
            inDoubt,
            findings);
  }
}
