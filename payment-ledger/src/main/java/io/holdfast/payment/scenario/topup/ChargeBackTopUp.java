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
import java.time.Instant;
import java.util.Optional;

/** Takes back what the acquirer has taken back; from whom, {@link TopUp} says. Each once. */
final class ChargeBackTopUp extends TopUpStep<ChargeBackTopUp.Request> {

  /**
   * What the acquirer said.
   *
   * @param topup which
   * @param account that of the top-up
   * @param dispute the acquirer's name for the chargeback
   * @param amount minor units; more than what of the top-up is not taken back is refused
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
    Optional<String> refusal = refusal(amount, topUp.amount(), topUp.left());
    if (refusal.isPresent()) {
      return changed(
          then(
              topUp.chargedBack(
                  TopUp.Chargeback.refused(
                      request.dispute(),
                      amount,
                      request.at(),
                      Money.of(0, topUp.amount().code()),
                      refusal.get())),
              request.last(),
              document,
              books),
          new Plan(books));
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
            TopUp.Chargeback.booked(
                request.dispute(), amount, Money.of(owed, currency), request.at()));
    return told(then(taken, request.last(), document, books), "topup.charged-back", plan);
  }

  /** Due at once if the acquirer has told of more. */
  static Document<TopUp> then(TopUp changed, boolean last, Document<TopUp> document, Books books) {
    return last
        ? changed.atRest(document, books.now())
        : document.with(changed.asked(CheckTopUp.CHECKS)).dueAt(books.now());
  }

  /** Why nothing is booked for an amount; empty if it fits. */
  static Optional<String> refusal(Money amount, Money charged, long most) {
    if (!amount.currency().equals(charged.currency())) {
      return Optional.of("it is in another currency");
    }
    if (amount.minorUnits() == 0) {
      return Optional.of("it is over nothing");
    }
    return amount.minorUnits() > most
        ? Optional.of("it is over more than the " + most + " that there are left")
        : Optional.empty();
  }

  /** Minor units that can be taken: what is there and not promised; nothing unless it is open. */
  static long own(Account account) {
    return account.status() == AccountStatus.OPEN
        ? Math.max(0, account.posted() - account.held())
        : 0;
  }
}
