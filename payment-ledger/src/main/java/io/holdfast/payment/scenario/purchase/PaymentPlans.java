package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;

/** What the operations on a payment have in common. */
final class PaymentPlans {

  private PaymentPlans() {}

  static Reads reads(DocumentId payment) {
    return Reads.NONE.document(payment).hold(payment.value());
  }

  /**
   * A payment that the caller may act on as its merchant. To others it does not exist, also to its
   * payer.
   */
  static Document<Payment> ofMerchant(DocumentId id, Books books) {
    Document<Payment> document = books.document(Payment.KIND, id);
    if (!document.body().merchantOwner().equals(books.caller().name())
        && !books.caller().isAny(Role.OPERATOR)) {
      throw Refusal.notFound("not-found", "No payment to you is named " + id + ".").exception();
    }
    return document;
  }

  /** A payment of which something is held, with the hold. */
  static Hold held(Document<Payment> document, Books books) {
    Payment payment = document.body();
    if (payment.state() != Payment.State.AUTHORISED) {
      throw notOpen(payment);
    }
    return books
        .hold(document.id().value())
        .orElseThrow(() -> new IllegalStateException("no hold for " + document.id()));
  }

  static RuntimeException notOpen(Payment payment) {
    return Refusal.conflict(
            "payment-not-open", "Nothing is held for it any more: it is " + payment.state() + ".")
        .exception();
  }

  static void requireCurrency(Payment payment, String currency) {
    if (!payment.currency().equals(currency)) {
      throw Refusal.invalid("currency-mismatch", "The payment is in " + payment.currency() + ".")
          .exception();
    }
  }

  /**
   * Moves what is captured now from the payer to the merchant.
   *
   * @param captured the payment after that; what is open then stays held
   */
  static Plan capture(Document<Payment> document, Hold hold, Payment captured, Books books) {
    long amount = captured.captured() - document.body().captured();
    Document<Payment> after =
        captured.open() > 0
            ? document.with(captured).dueAt(captured.expires())
            : document.with(captured).notDue();
    Plan plan = new Plan(books).release(hold);
    if (captured.open() > 0) {
      plan.hold(captured.hold(document.id()));
    }
    return move(plan, after, amount);
  }

  /** Brings this much of what a payment holds to the merchant. */
  static Plan move(Plan plan, Document<Payment> after, long amount) {
    Payment captured = after.body();
    PaymentNotice notice = PaymentNotice.of(after, amount);
    return plan.debit(captured.payer(), captured.money(amount))
        .credit(captured.merchant(), captured.money(amount))
        .put(after)
        .tell(notice.event("payment.captured"))
        .answer(notice);
  }

  /**
   * Gives back what is held, as of a payment that ends. If nothing was captured, its checkout can
   * be paid again.
   */
  static Plan close(
      Document<Payment> document, Hold hold, Payment.State ifNothingCaptured, Books books) {
    Document<Payment> closed = document.with(document.body().close(ifNothingCaptured)).notDue();
    PaymentNotice notice = PaymentNotice.of(closed, hold.amount());
    Plan plan = new Plan(books);
    if (closed.body().captured() == 0) {
      plan.free(closed.body().checkout());
    }
    return plan.release(hold)
        .put(closed)
        .tell(
            notice.event(
                ifNothingCaptured == Payment.State.EXPIRED
                    ? "payment.expired"
                    : "payment.cancelled"))
        .answer(notice);
  }
}
