package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import java.time.Instant;
import java.util.Optional;

/**
 * Gives back what the acquirer has given back of a chargeback; to whom, {@link TopUp} says. Once.
 */
final class ReverseChargeback extends TopUpStep<ReverseChargeback.Request> {

  /**
   * What the acquirer said.
   *
   * @param topup which
   * @param account that of the top-up
   * @param dispute the acquirer's name for the chargeback
   * @param reversal the acquirer's name for what came back
   * @param amount minor units; more than the chargeback is refused
   * @param currency ISO 4217 code
   * @param at when it came back
   * @param last whether the acquirer has told of nothing else that is not booked
   */
  record Request(
      DocumentId topup,
      AccountId account,
      String dispute,
      String reversal,
      long amount,
      String currency,
      Instant at,
      boolean last) {

    Money money() {
      return Money.of(amount, currency);
    }
  }

  ReverseChargeback() {
    super("topup-chargeback-reversal", Request.class, "chargeback-reversal");
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
    Optional<TopUp.Chargeback> taken =
        topUp
            .find(request.dispute())
            .filter(each -> each.refused().isEmpty() && each.reversal().isEmpty());
    if (taken.isEmpty()) {
      return unchanged(document, books);
    }
    Money amount = request.money();
    String currency = topUp.amount().code();
    Optional<String> refusal =
        ChargeBackTopUp.refusal(amount, topUp.amount(), taken.get().amount().minorUnits());
    Plan plan = new Plan(books);
    if (refusal.isPresent()) {
      return changed(after(topUp, request, Money.of(0, currency), refusal, document, books), plan);
    }
    long forgiven = Math.min(topUp.owed(), amount.minorUnits());
    Money rest = Money.of(amount.minorUnits() - forgiven, currency);
    boolean unclaimed =
        topUp.unclaimed() || books.account(document.account()).status() == AccountStatus.CLOSED;
    plan.debit(books.system(TopUp.ACQUIRER, currency), amount)
        .credit(books.system(TopUp.RECEIVABLE, currency), Money.of(forgiven, currency));
    if (unclaimed) {
      plan.credit(books.system(TopUp.UNCLAIMED, currency), rest);
    } else {
      plan.credit(document.account(), rest);
    }
    return told(
        after(
            topUp.collected(forgiven),
            request,
            unclaimed ? rest : Money.of(0, currency),
            refusal,
            document,
            books),
        "topup.chargeback-reversed",
        plan);
  }

  private static Document<TopUp> after(
      TopUp topUp,
      Request request,
      Money unclaimed,
      Optional<String> refusal,
      Document<TopUp> document,
      Books books) {
    TopUp reversed =
        topUp.reversed(
            request.dispute(),
            new TopUp.Reversal(
                request.reversal(), request.money(), unclaimed, request.at(), refusal));
    return ChargeBackTopUp.then(reversed, request.last(), document, books);
  }
}
