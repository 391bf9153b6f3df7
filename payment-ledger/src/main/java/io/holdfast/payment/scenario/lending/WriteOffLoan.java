package io.holdfast.payment.scenario.lending;

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
import io.holdfast.payment.ledger.TextLine;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/**
 * Gives up what is left of a loan whose oldest open instalment has been due for {@link
 * #DAYS_OVERDUE} days: the principal becomes a loss. Interest and late fees that were not paid were
 * never booked, so there is nothing to take back. Two operators have to want it.
 */
public final class WriteOffLoan implements Operation<WriteOffLoan.Request> {

  /** How long an instalment has to be overdue. */
  public static final int DAYS_OVERDUE = 90;

  /**
   * What is asked.
   *
   * @param loan which
   * @param reason for the record, 1 to 200 characters
   */
  public record Request(DocumentId loan, String reason) {

    public Request {
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "write-off-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/loans/{loan}/write-off");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

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
    Loan loan = document.body();
    loan.require(Loan.State.ACTIVE);
    LocalDate today = Loan.today(books);
    if (loan.daysOverdue(today) < DAYS_OVERDUE) {
      throw Refusal.conflict(
              "not-overdue-enough",
              "No instalment of this loan has been overdue for " + DAYS_OVERDUE + " days.")
          .exception();
    }
    String currency = loan.terms().amount().code();
    Money lost = Money.of(loan.booked().outstanding(), currency);
    Loan after = loan.writeOff(request.reason());
    return LoanAnswer.told("loan.written-off", after.in(document, today), books)
        .debit(books.system(LendingScenario.LOSSES, currency), lost)
        .credit(books.system(LendingScenario.LOANS, currency), lost);
  }
}
