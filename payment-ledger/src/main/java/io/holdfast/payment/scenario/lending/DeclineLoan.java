package io.holdfast.payment.scenario.lending;

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
import java.util.Optional;
import java.util.Set;

/** Declines an application, or takes back an approval before it is paid out. */
public final class DeclineLoan implements Operation<DeclineLoan.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   * @param reason for the borrower, 1 to 200 characters
   */
  public record Request(DocumentId loan, String reason) {

    public Request {
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "decline-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/loans/{loan}/decline");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.loan());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.loan());
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(LoanAnswer.class);
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Loan> document = Loan.visible(books, request.loan());
    document.body().require(Loan.State.APPLIED, Loan.State.APPROVED);
    Loan declined = document.body().decline(request.reason());
    return LoanAnswer.told("loan.declined", document.with(declined), books);
  }
}
