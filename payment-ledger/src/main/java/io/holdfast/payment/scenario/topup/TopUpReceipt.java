package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;

/**
 * What is answered about a top-up, and told to the account's owner.
 *
 * @param id its name
 * @param account which is topped up
 * @param amount minor units
 * @param currency ISO 4217 code
 * @param state what is known of it by now
 */
public record TopUpReceipt(
    DocumentId id, AccountId account, long amount, String currency, TopUp.State state) {

  static TopUpReceipt of(Document<TopUp> document) {
    TopUp topUp = document.body();
    return new TopUpReceipt(
        document.id(),
        document.account(),
        topUp.amount().minorUnits(),
        topUp.amount().code(),
        topUp.state());
  }
}
