package io.holdfast.payment.testing.acquirer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A charge of a card, as the simulator keeps it.
 *
 * @param id the acquirer's name for it
 * @param reference what it was asked for under
 * @param amount minor units
 * @param currency ISO 4217 code
 * @param card the token
 * @param status what came of it
 * @param at when that was decided, or when it will be while it is pending
 * @param chargebacks what was taken back, in order
 */
public record SimulatedCharge(
    String id,
    String reference,
    long amount,
    String currency,
    String card,
    Status status,
    Instant at,
    List<Chargeback> chargebacks) {

  public SimulatedCharge {
    chargebacks = List.copyOf(chargebacks);
  }

  /** What came of a charge. */
  public enum Status {
    /** The card was charged. */
    APPROVED,
    /** The card was not charged and will not be. */
    DECLINED,
    /** It is approved at its time, unless it is declined before. */
    PENDING
  }

  /**
   * What was taken back.
   *
   * @param id the acquirer's name for it
   * @param amount minor units
   * @param at when
   * @param reversal what of it was given back
   */
  public record Chargeback(String id, long amount, Instant at, Optional<Reversal> reversal) {

    /** Minor units that are taken still. */
    long taken() {
      return amount - reversal.map(Reversal::amount).orElse(0L);
    }
  }

  /**
   * What was given back of a chargeback.
   *
   * @param id the acquirer's name for it
   * @param amount minor units
   * @param at when
   */
  public record Reversal(String id, long amount, Instant at) {}

  SimulatedCharge decided(Status changed, Instant when) {
    return new SimulatedCharge(id, reference, amount, currency, card, changed, when, chargebacks);
  }

  SimulatedCharge takenBack(Chargeback taken) {
    List<Chargeback> all = Stream.concat(chargebacks.stream(), Stream.of(taken)).toList();
    return new SimulatedCharge(id, reference, amount, currency, card, status, at, all);
  }

  /** With what came back of a chargeback. */
  SimulatedCharge givenBack(String chargeback, Reversal reversal) {
    List<Chargeback> all =
        chargebacks.stream()
            .map(
                each ->
                    each.id().equals(chargeback)
                        ? new Chargeback(each.id(), each.amount(), each.at(), Optional.of(reversal))
                        : each)
            .toList();
    return new SimulatedCharge(id, reference, amount, currency, card, status, at, all);
  }

  /** Minor units that can still be taken back. */
  long left() {
    return amount - chargebacks.stream().mapToLong(Chargeback::taken).sum();
  }

  /** As it is at a time. */
  SimulatedCharge asOf(Instant now) {
    return status == Status.PENDING && !at.isAfter(now) ? decided(Status.APPROVED, at) : this;
  }

  /** Whether another request is the same one. */
  boolean isFor(long money, String code, String token) {
    return amount == money && currency.equals(code) && card.equals(token);
  }
}
