package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.Set;

/** The merchant gives up what it has not captured: it goes back to the payer. */
public final class CancelPayment implements Operation<CancelPayment.Request> {

  /**
   * What is asked.
   *
   * @param payment which
   */
  public record Request(DocumentId payment) {}

  @Override
  public String type() {
    return "cancel-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/payments/{payment}/cancellation");
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
    Hold hold = PaymentPlans.held(document, books);
    return PaymentPlans.close(document, hold, Payment.State.CANCELLED, books);
  }
}
