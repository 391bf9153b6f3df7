package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/**
 * Repays all of a loan: what is due, the principal that is not, and its interest to this day. The
 * loan is closed. Of one that was written off, all principal that was not paid since.
 */
public final class PayOffLoan implements Operation<PayOffLoan.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   */
  public record Request(DocumentId loan) {}

  @Override
  public String type() {
    return "pay-off-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/loans/{loan}/payoff");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
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
    return Optional.of(RepayLoan.Answer.class);
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Loan> document = Loan.visible(books, request.loan());
    Loan loan = document.body();
    loan.require(Loan.State.ACTIVE, Loan.State.WRITTEN_OFF);
    if (loan.state() == Loan.State.WRITTEN_OFF) {
      if (loan.booked().lost() == 0) {
        throw Refusal.conflict("nothing-owed", "All that was written off is paid.").exception();
      }
      return RepayLoan.recovered(loan.booked().lost(), document, books);
    }
    LocalDate today = Loan.today(books);
    long owed = Repayment.inFull(loan, today);
    return RepayLoan.booked(Repayment.of(loan, today, owed), document, books);
  }
}
