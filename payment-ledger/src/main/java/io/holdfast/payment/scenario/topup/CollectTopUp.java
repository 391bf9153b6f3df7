package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import java.time.Duration;

/** Collects what the customer owes after a chargeback, as far as the account has it. */
final class CollectTopUp extends TopUpStep<CollectTopUp.Request> {

  /** How often it is tried until nothing is owed. */
  static final Duration EVERY = Duration.ofHours(6);

  /**
   * Which attempt it is.
   *
   * @param topup for which top-up
   * @param account that of the top-up
   * @param attempt how many were before it
   */
  record Request(DocumentId topup, AccountId account, int attempt) {}

  CollectTopUp() {
    super("topup-collect", Request.class, "collections");
  }

  @Override
  DocumentId topUp(Request request) {
    return request.topup();
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.topup()).account(request.account());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<TopUp> document = document(request, books);
    TopUp topUp = document.body();
    if (topUp.owed() == 0 || topUp.attempts() != request.attempt()) {
      return unchanged(document, books);
    }
    long collected = Math.min(topUp.owed(), ChargeBackTopUp.own(books.account(document.account())));
    String currency = topUp.amount().code();
    Money money = Money.of(collected, currency);
    Plan plan =
        new Plan(books)
            .debit(document.account(), money)
            .credit(books.system(TopUp.RECEIVABLE, currency), money);
    Document<TopUp> then = topUp.collected(collected).asked(0).atRest(document, books.now());
    return collected == 0 ? changed(then, plan) : told(then, "topup.collected", plan);
  }
}
