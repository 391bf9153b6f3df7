package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;

/**
 * Gives a top-up up, without money: the acquirer knows of no charge long after it was asked for
 * one. {@link TopUpWork} has seen to that.
 */
final class ExpireTopUp extends TopUpStep<ExpireTopUp.Request> {

  /**
   * Which attempt found that.
   *
   * @param topup which top-up
   * @param attempt how many were before it
   */
  record Request(DocumentId topup, int attempt) {}

  ExpireTopUp() {
    super("topup-expire", Request.class, "expiry");
  }

  @Override
  DocumentId topUp(Request request) {
    return request.topup();
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.topup());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<TopUp> document = document(request, books);
    TopUp topUp = document.body();
    if (topUp.state() != TopUp.State.PROCESSING || topUp.attempts() != request.attempt()) {
      return unchanged(document, books);
    }
    return told(document.with(topUp.expired()).notDue(), "topup.expired", new Plan(books));
  }
}
