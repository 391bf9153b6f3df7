package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;

/**
 * What happened to a payment: the answer of who asked for it, and what the merchant is told. The
 * payer's account is not in it.
 *
 * @param payment which
 * @param merchant the account that is paid
 * @param reference the merchant's own name for it
 * @param state how far it is now
 * @param currency ISO 4217 code
 * @param amount minor units that this is about: just authorised, captured, refunded or given back
 * @param authorised in all
 * @param captured in all
 * @param refunded in all
 */
public record PaymentNotice(
    DocumentId payment,
    AccountId merchant,
    String reference,
    Payment.State state,
    String currency,
    long amount,
    long authorised,
    long captured,
    long refunded) {

  static PaymentNotice of(Document<Payment> document, long amount) {
    Payment payment = document.body();
    return new PaymentNotice(
        document.id(),
        payment.merchant(),
        payment.reference(),
        payment.state(),
        payment.currency(),
        amount,
        payment.authorised(),
        payment.captured(),
        payment.refunded());
  }

  /** To tell the merchant. */
  Event event(String type) {
    return new Event(merchant, type, this);
  }
}
