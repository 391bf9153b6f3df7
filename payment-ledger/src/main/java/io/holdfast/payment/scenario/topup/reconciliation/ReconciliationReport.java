package io.holdfast.payment.scenario.topup.reconciliation;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.CheckTopUp;
import io.holdfast.payment.scenario.topup.acquirer.SettlementRow;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a reconciliation found. Can be written as JSON.
 *
 * @param day which day, in UTC
 * @param ours what we booked on that day, by currency
 * @param theirs what the acquirer lists, by currency
 * @param differences how many there are of each kind; empty if the two agree
 * @param findings the first ten thousand of them
 */
public record ReconciliationReport(
    LocalDate day,
    Map<String, Total> ours,
    Map<String, Total> theirs,
    Map<Difference, Long> differences,
    List<Finding> findings) {

  /**
   * How much there is on one side.
   *
   * @param charges how many
   * @param charged minor units
   * @param chargebacks how many
   * @param takenBack minor units
   * @param reversals how many
   * @param givenBack minor units
   */
  public record Total(
      long charges,
      BigInteger charged,
      long chargebacks,
      BigInteger takenBack,
      long reversals,
      BigInteger givenBack) {

    static final Total NOTHING =
        new Total(0, BigInteger.ZERO, 0, BigInteger.ZERO, 0, BigInteger.ZERO);

    Total plus(SettlementRow.Type type, Money more) {
      BigInteger units = BigInteger.valueOf(more.minorUnits());
      return switch (type) {
        case CHARGE ->
            new Total(
                charges + 1, charged.add(units), chargebacks, takenBack, reversals, givenBack);
        case CHARGEBACK ->
            new Total(
                charges, charged, chargebacks + 1, takenBack.add(units), reversals, givenBack);
        case REVERSAL ->
            new Total(
                charges, charged, chargebacks, takenBack, reversals + 1, givenBack.add(units));
      };
    }
  }

  /**
   * One difference.
   *
   * @param difference of what kind
   * @param reference the top-up's id, or whatever the acquirer has in its place
   * @param id the acquirer's name for the charge, chargeback or reversal
   * @param ours what we have
   * @param theirs what the acquirer has
   */
  public record Finding(
      Difference difference,
      String reference,
      String id,
      Optional<Money> ours,
      Optional<Money> theirs) {}

  /** A copy that does not change. */
  public ReconciliationReport {
    ours = Map.copyOf(ours);
    theirs = Map.copyOf(theirs);
    differences = Map.copyOf(differences);
    findings = List.copyOf(findings);
  }

  /** Whether there is no difference. */
  public boolean agrees() {
    return differences.isEmpty();
  }

  /**
   * What is to be asked of the ledger, so that money that the acquirer took or gave back is booked:
   * the acquirer is asked about each top-up concerned, and its answer decides. Whatever else
   * differs is for people.
   *
   * @param run a name for this run, 1 to 60 letters, digits and dashes: the same asks once
   */
  public List<Submission<?>> repairs(String run) {
    Set<String> references = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.difference().isAsked()) {
        references.add(finding.reference());
      }
    }
    List<Submission<?>> repairs = new ArrayList<>();
    CheckTopUp check = new CheckTopUp();
    for (String reference : references) {
      repairs.add(
          new Submission<>(
              check,
              new CheckTopUp.Request(new DocumentId(reference)),
              new IdempotencyKey("reconciled:" + run + ":" + reference)));
    }
    return repairs;
  }
}
