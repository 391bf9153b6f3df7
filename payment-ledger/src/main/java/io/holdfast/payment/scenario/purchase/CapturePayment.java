package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Hold;
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
 * The merchant takes what was authorised, or a part of it, once or several times. What is left
 * stays held until the payment expires, unless this is said to be the last time.
 */
public final class CapturePayment implements Operation<CapturePayment.Request> {

  /**
   * What is asked.
   *
   * @param payment of which
   * @param amount minor units, more than zero, at most what is still held
   * @param currency ISO 4217 code; that of the payment
   * @param last whether what is left goes back to the payer; not, unless it says so
   */
  public record Request(DocumentId payment, long amount, String currency, Optional<Boolean> last) {

    public Request {
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a capture is over more than zero");
      }
    }
  }

  @Override
  public String type() {
    return "capture-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/payments/{payment}/captures");
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
    Hold hold = PaymentPlans.held(document, books);
    PaymentPlans.requireCurrency(payment, request.currency());
    if (!books.now().isBefore(payment.expires())) {
      throw Refusal.conflict("payment-expired", "It can no longer be captured.").exception();
    }
    if (request.amount() > payment.open()) {
      throw Refusal.conflict(
              "more-than-authorised", "Only " + payment.open() + " minor units are still held.")
          .exception();
    }
    Payment captured = payment.capture(request.amount(), request.last().orElse(false));
    return PaymentPlans.capture(document, hold, captured, books);
  }
}
