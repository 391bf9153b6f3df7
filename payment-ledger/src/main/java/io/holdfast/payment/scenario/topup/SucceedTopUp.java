package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import java.time.Instant;
import java.util.Optional;

/** Credits the account: the acquirer has charged the card. Once, however often it is said. */
final class SucceedTopUp extends TopUpStep<SucceedTopUp.Request> {

  /**
   * What the acquirer said.
   *
   * @param topup which
   * @param account that of the top-up
   * @param charge the acquirer's name for the charge
   * @param at when it was charged
   * @param dispute the acquirer's name for a chargeback if there is one already
   */
  record Request(
      DocumentId topup, AccountId account, String charge, Instant at, Optional<String> dispute) {}

  SucceedTopUp() {
    super("topup-succeed", Request.class, "success");
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
    if (topUp.charge().isPresent()) {
      return unchanged(document, books);
    }
    Account account = books.account(request.account());
    boolean closed = account.status() == AccountStatus.CLOSED;
    Document<TopUp> succeeded =
        document.with(topUp.succeeded(request.charge(), request.at(), closed)).notDue();
    if (request.dispute().isPresent()) {
      succeeded = succeeded.with(succeeded.body().asked(CheckTopUp.CHECKS)).dueAt(books.now());
    }
    String currency = topUp.amount().code();
    Plan plan = new Plan(books).debit(books.system(TopUp.ACQUIRER, currency), topUp.amount());
    if (closed) {
      plan.credit(books.system(TopUp.UNCLAIMED, currency), topUp.amount());
    } else {
      plan.credit(document.account(), topUp.amount());
    }
    return told(succeeded, "topup.succeeded", plan);
  }
}
