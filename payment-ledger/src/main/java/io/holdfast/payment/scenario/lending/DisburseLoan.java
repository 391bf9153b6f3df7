package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/** Pays an approved loan out. Its instalments are counted from this day, in UTC. */
public final class DisburseLoan implements Operation<DisburseLoan.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   */
  public record Request(DocumentId loan) {}

  @Override
  public String type() {
    return "disburse-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/loans/{loan}/disbursement");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  /** It makes money spendable, and whoever grants a loan might have asked for it. */
  @Override
  public boolean needsTwoOperators() {
    return true;
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
    document.body().require(Loan.State.APPROVED);
    LocalDate today = Loan.today(books);
    Loan loan = document.body().disburse(today);
    Money amount = loan.terms().amount();
    return LoanAnswer.told("loan.disbursed", loan.in(document, today), books)
        .debit(books.system(LendingScenario.LOANS, amount.code()), amount)
        .credit(document.account(), amount);
  }
}
