package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Set;

/** The one who asked for money does not want it any more. */
public final class CancelRequest implements Operation<CancelRequest.Request> {

  /**
   * What is asked.
   *
   * @param id the request for money
   */
  public record Request(DocumentId id) {}

  @Override
  public String type() {
    return "cancel-request";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/money-requests/{id}/cancel");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.id());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.id());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<MoneyRequest> document = books.document(MoneyRequest.KIND, request.id());
    Caller caller = books.caller();
    if (!document.body().requester().equals(caller.name()) && !caller.isAny(Role.OPERATOR)) {
      throw Refusal.notFound("not-found", "No request of yours is named " + request.id() + ".")
          .exception();
    }
    return MoneyRequest.end(
        MoneyRequest.open(books, request.id()), MoneyRequest.State.CANCELLED, books);
  }
}
