package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Money;
import java.time.Instant;

/**
 * A payment, kept in the payer's shard, where the hold on the payer's money is. Amounts are minor
 * units.
 *
 * @param state how far it is
 * @param payer the account that pays
 * @param merchant the account that is paid
 * @param merchantOwner who may capture, cancel and refund; the ledger has seen that the merchant's
 *     account is that caller's, see {@link Checkout}
 * @param checkout the name of the {@link PaidCheckout} that it takes
 * @param reference the merchant's own name for it
 * @param capture when the money moves
 * @param currency ISO 4217 code
 * @param authorised what the payer has agreed to
 * @param captured what has gone to the merchant, in all; at most what was authorised
 * @param refunded what has come back from the merchant, in all; at most what was captured
 * @param expires when what is held and not captured goes back
 */
public record Payment(
    State state,
    AccountId payer,
    AccountId merchant,
    String merchantOwner,
    DocumentId checkout,
    String reference,
    CaptureMode capture,
    String currency,
    long authorised,
    long captured,
    long refunded,
    Instant expires) {

  /** Payments. */
  public static final DocumentKind<Payment> KIND =
      new DocumentKind<>("pay", Payment.class, "/payments");

  /** How far a payment is. The names are in the database and never change. */
  public enum State {
    /** What is not captured yet is held. Goes to each of the others. */
    AUTHORISED,
    /** Something was captured, and nothing is held any more. */
    CAPTURED,
    /** The merchant gave it up before anything was captured. */
    CANCELLED,
    /** Its time passed before anything was captured. */
    EXPIRED
  }

  public Payment {
    if (refunded < 0 || refunded > captured || captured > authorised) {
      throw new IllegalArgumentException(
          "refunded is at most captured, captured at most authorised");
    }
  }

  /** What is held for it. */
  long open() {
    return state == State.AUTHORISED ? authorised - captured : 0;
  }

  /** The hold for it while there is one; called like the payment. */
  Hold hold(DocumentId id) {
    return new Hold(id.value(), payer, open());
  }

  Money money(long amount) {
    return Money.of(amount, currency);
  }

  /** With this much more captured; what is left stays held unless it is the last time. */
  Payment capture(long amount, boolean last) {
    long sum = captured + amount;
    return with(last || sum == authorised ? State.CAPTURED : State.AUTHORISED, sum, refunded);
  }

  /** With nothing held; called as given if nothing was captured. */
  Payment close(State ifNothingCaptured) {
    return with(captured > 0 ? State.CAPTURED : ifNothingCaptured, captured, refunded);
  }

  /** With this much more refunded. */
  Payment refund(long amount) {
    return with(state, captured, refunded + amount);
  }

  private Payment with(State changed, long newCaptured, long newRefunded) {
    return new Payment(
        changed,
        payer,
        merchant,
        merchantOwner,
        checkout,
        reference,
        capture,
        currency,
        authorised,
        newCaptured,
        newRefunded,
        expires);
  }
}
