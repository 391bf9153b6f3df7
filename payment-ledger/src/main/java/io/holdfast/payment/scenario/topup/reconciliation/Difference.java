package io.holdfast.payment.scenario.topup.reconciliation;

/** In what our books and the acquirer's file differ. */
public enum Difference {
  /** The acquirer charged a card, and we know of no such top-up. */
  MISSING_HERE,
  /** The acquirer charged a card for a top-up that has not succeeded with us: it is asked. */
  NOT_SUCCEEDED,
  /** A top-up succeeded on that day, and the acquirer does not list its charge. */
  MISSING_THERE,
  /** A top-up of that day is of unknown outcome, and the acquirer does not list a charge. */
  UNKNOWN,
  /** The amount or the currency is not the same. */
  AMOUNT,
  /** We have it on another day. */
  OTHER_DAY,
  /** The acquirer lists a charge twice, or two charges for one top-up. */
  DUPLICATE,
  /** The acquirer took money back, and we have not booked that: it is asked. */
  CHARGEBACK_MISSING_HERE,
  /** We booked that money was taken back on that day, and the acquirer does not list it. */
  CHARGEBACK_MISSING_THERE,
  /** The amount that was taken back is not the same. */
  CHARGEBACK_AMOUNT,
  /** The acquirer lists that something was taken back twice, or two things for one top-up. */
  CHARGEBACK_DUPLICATE,
  /** The acquirer took money back, and we have refused to book that: people ask it. */
  CHARGEBACK_REFUSED,
  /** The acquirer gave a chargeback back, and we have not booked that: it is asked. */
  REVERSAL_MISSING_HERE,
  /** We booked that a chargeback came back on that day, and the acquirer does not list it. */
  REVERSAL_MISSING_THERE,
  /** The amount that came back is not the same. */
  REVERSAL_AMOUNT,
  /** The acquirer lists twice that a chargeback came back. */
  REVERSAL_DUPLICATE,
  /** The acquirer gave a chargeback back, and we have refused to book that: people ask it. */
  REVERSAL_REFUSED;

  /** Whether the acquirer's status of the charge settles it. */
  boolean isAsked() {
    return this == NOT_SUCCEEDED
        || this == CHARGEBACK_MISSING_HERE
        || this == REVERSAL_MISSING_HERE;
  }
}
