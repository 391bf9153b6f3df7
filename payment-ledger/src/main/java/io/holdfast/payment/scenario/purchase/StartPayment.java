package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Set;

/**
 * The cluster brings a payment that was just authorised to the merchant: tells of it, or captures
 * it if it is automatic.
 *
 * <p>Not done with the authorisation: that is a commit of the payer's shard alone. It does not fail
 * because the merchant's shard is without an owner just then, and two requests for the same
 * checkout cannot both find it unpaid.
 */
public final class StartPayment implements Operation<StartPayment.Request> {

  /**
   * What is asked.
   *
   * @param payment which
   */
  public record Request(DocumentId payment) {}

  @Override
  public String type() {
    return "start-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/payments/{payment}/start");
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
    if (PaymentPlans.isStarted(document)) {
      throw Refusal.conflict("payment-started", "The merchant knows of it already.").exception();
    }
    if (document.body().capture() == CaptureMode.AUTOMATIC) {
      return PaymentPlans.capture(
          document, hold, document.body().capture(hold.amount(), true), books);
    }
    return PaymentPlans.begin(document, books)
        .put(document.dueAt(document.body().expires()))
        .answer(PaymentNotice.of(document, hold.amount()));
  }
}
