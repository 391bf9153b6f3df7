package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.Set;

/**
 * The merchant pays back what it has captured, or a part of it, once or several times; never more
 * than it has captured. The money comes out of the merchant's account, wherever that is, and must
 * be available there. The fee for the capture is not given back.
 */
public final class RefundPayment implements Operation<RefundPayment.Request> {

  /**
   * What is asked.
   *
   * @param payment of which
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code; that of the payment
   */
  public record Request(DocumentId payment, long amount, String currency) {

    public Request {
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a refund is over more than zero");
      }
    }
  }

  @Override
  public String type() {
    return "refund-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/payments/{payment}/refunds");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(PaymentNotice.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.payment());
  }

  @Override
  public Reads reads(Request request) {
    return PaymentPlans.reads(request.payment());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Payment> document = PaymentPlans.ofMerchant(request.payment(), books);
    Payment payment = document.body();
    PaymentPlans.requireCurrency(payment, request.currency());
    long most = payment.captured() - payment.refunded();
    if (request.amount() > most) {
      throw Refusal.conflict(
              "more-than-captured", "Only " + most + " minor units can still be refunded.")
          .exception();
    }
    Money money = payment.money(request.amount());
    Document<Payment> after = document.with(payment.refund(request.amount()));
    PaymentNotice notice = PaymentNotice.of(after, request.amount());
    return new Plan(books)
        .debit(payment.merchant(), money)
        .credit(payment.payer(), money)
        .put(after)
        .tell(notice.event("payment.refunded"))
        .answer(notice);
  }
}
