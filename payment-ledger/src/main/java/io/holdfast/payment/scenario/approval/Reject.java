package io.holdfast.payment.scenario.approval;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.TextLine;
import java.util.Set;

/** An operator ends a proposal: another one's, or takes back the own one. */
final class Reject implements Operation<Reject.Request> {

  /**
   * What is asked.
   *
   * @param id the approval
   * @param reason for the record
   */
  public record Request(DocumentId id, String reason) {

    public Request {
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "reject";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/approvals/{id}/reject");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
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
    Document<Approval> document = Approval.undecided(books, request.id());
    Document<Approval> rejected =
        document
            .with(document.body().rejected(books.caller().name(), books.now(), request.reason()))
            .notDue();
    return new Plan(books).put(rejected).answer(rejected);
  }
}
