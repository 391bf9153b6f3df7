package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import java.time.Instant;

/** Takes back what the acquirer has taken back; from whom, {@link TopUp} says. Each once. */
final class ChargeBackTopUp extends TopUpStep<ChargeBackTopUp.Request> {

  /**
   * What the acquirer said.
   *
   * @param topup which
   * @param account that of the top-up
   * @param dispute the acquirer's name for the chargeback
   * @param amount minor units, at most what of the top-up was not taken back before
   * @param currency ISO 4217 code
   * @param at when it was taken back
   * @param last whether the acquirer has told of no other one that is not booked
   */
  record Request(
      DocumentId topup,
      AccountId account,
      String dispute,
      long amount,
      String currency,
      Instant at,
      boolean last) {

    Money money() {
      return Money.of(amount, currency);
    }
  }

  ChargeBackTopUp() {
    super("topup-chargeback", Request.class, "chargeback");
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
    if (topUp.charge().isEmpty() || topUp.has(request.dispute())) {
      return unchanged(document, books);
    }
    Money amount = request.money();
    if (!amount.currency().equals(topUp.amount().currency())
        || amount.minorUnits() > topUp.left()) {
      throw Refusal.invalid("chargeback-amount", "More than was charged cannot be charged back.")
          .exception();
    }
    String currency = amount.code();
    Plan plan = new Plan(books).credit(books.system(TopUp.ACQUIRER, currency), amount);
    long owed = 0;
    if (topUp.unclaimed()) {
      plan.debit(books.system(TopUp.UNCLAIMED, currency), amount);
    } else {
      Account account = books.account(document.account());
      long taken = Math.min(own(account), amount.minorUnits());
      owed = amount.minorUnits() - taken;
      plan.debit(account.id(), Money.of(taken, currency))
          .debit(books.system(TopUp.RECEIVABLE, currency), Money.of(owed, currency));
    }
    TopUp taken =
        topUp.chargedBack(
            new TopUp.Chargeback(
                request.dispute(), amount, Money.of(owed, currency), request.at()));
    return told(
        request.last()
            ? taken.atRest(document, books.now())
            : document.with(taken.asked(CheckTopUp.CHECKS)).dueAt(books.now()),
        "topup.charged-back",
        plan);
  }

  /** Minor units that can be taken: what is there and not promised; nothing unless it is open. */
  static long own(Account account) {
    return account.status() == AccountStatus.OPEN
        ? Math.max(0, account.posted() - account.held())
        : 0;
  }
}
