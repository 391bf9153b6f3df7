package io.holdfast.payment.scenario.topup.acquirer;

import io.holdfast.payment.ledger.Money;
import java.time.Instant;

/**
 * One row of a settlement file.
 *
 * @param type what was done
 * @param id the acquirer's name for it
 * @param reference what the charge was asked for under; ours is a top-up's id
 * @param money how much
 * @param at when
 */
public record SettlementRow(Type type, String id, String reference, Money money, Instant at) {

  /** What a row is about. */
  public enum Type {
    /** A card was charged. */
    CHARGE,
    /** It was taken back, wholly or in part. */
    CHARGEBACK,
    /** What was taken back was given back, wholly or in part. */
    REVERSAL
  }
}
