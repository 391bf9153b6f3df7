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
import java.util.Set;

/**
 * The cluster gives back what was not captured in time. Whether the time has come, {@link
 * PaymentWork} has seen: a plan that looked at its own clock again could refuse for good what is
 * due a little later.
 */
public final class ExpirePayment implements Operation<ExpirePayment.Request> {

  /**
   * What is asked.
   *
   * @param payment which
   */
  public record Request(DocumentId payment) {}

  @Override
  public String type() {
    return "expire-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/payments/{payment}/expiry");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.SYSTEM);
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
    Document<Payment> document = books.document(Payment.KIND, request.payment());
    Hold hold = PaymentPlans.held(document, books);
    return PaymentPlans.close(document, hold, Payment.State.EXPIRED, books);
  }
}
