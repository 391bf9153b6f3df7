package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;

/** Ends a top-up without money: the acquirer has not charged the card and will not. */
final class DeclineTopUp extends TopUpStep<DeclineTopUp.Request> {

  /**
   * What the acquirer said.
   *
   * @param topup which
   * @param code why, in the acquirer's words
   */
  record Request(DocumentId topup, String code) {}

  DeclineTopUp() {
    super("topup-decline", Request.class, "decline");
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
    TopUp.State state = document.body().state();
    if (state != TopUp.State.PROCESSING && state != TopUp.State.EXPIRED) {
      return unchanged(document, books);
    }
    return told(
        document.with(document.body().declined(request.code())).notDue(),
        "topup.declined",
        new Plan(books));
  }
}
