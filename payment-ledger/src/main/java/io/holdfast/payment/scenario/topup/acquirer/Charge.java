package io.holdfast.payment.scenario.topup.acquirer;

import io.holdfast.payment.ledger.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What came of a charge, as far as it is known. */
public sealed interface Charge {

  /**
   * The card was charged.
   *
   * @param id the acquirer's name for the charge
   * @param amount how much
   * @param at when
   * @param chargebacks what was taken back since, in order
   */
  record Approved(String id, Money amount, Instant at, List<Chargeback> chargebacks)
      implements Charge {

    public Approved {
      chargebacks = List.copyOf(chargebacks);
    }
  }

  /**
   * The card was not charged and will not be.
   *
   * @param code why, lower case with dashes
   */
  record Declined(String code) implements Charge {}

  /**
   * Nobody knows: the card may have been charged, or may be later.
   *
   * @param why for logs; nothing secret
   */
  record Unknown(String why) implements Charge {}

  /**
   * Money that the acquirer has taken back.
   *
   * @param id the acquirer's name for it
   * @param amount how much
   * @param at when
   * @param reversal what of it came back, once the dispute was won
   */
  record Chargeback(String id, Money amount, Instant at, Optional<Reversal> reversal) {}

  /**
   * Money of a chargeback that the acquirer has given back.
   *
   * @param id the acquirer's name for it
   * @param amount how much
   * @param at when
   */
  record Reversal(String id, Money amount, Instant at) {}
}
