package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
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

/**
 * Takes what is due of a loan out of the borrower's account, as much as is there: money of the
 * borrower's own, neither what is held nor an overdraft. Only the cluster asks for it, see {@link
 * InstalmentCollection}.
 *
 * <p>It is not refused for want of money, nor because the account is frozen: what cannot be taken
 * is overdue, and tried again the next day. Only after the money that is there has been taken are
 * late fees charged, so nobody pays one because the cluster was late. The borrower is told of an
 * instalment that is overdue once, not daily.
 */
public final class CollectInstalment implements Operation<CollectInstalment.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   * @param account the borrower's, which the loan names too
   * @param day on which the loan is due, as it was read: if it is not due then any more, somebody
   *     else was faster
   */
  public record Request(DocumentId loan, AccountId account, LocalDate day) {}

  @Override
  public String type() {
    return "collect-instalment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/loans/{loan}/collections");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.SYSTEM);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.loan());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.loan()).account(request.account());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Loan> document = Loan.visible(books, request.loan());
    Loan loan = document.body();
    if (!document.due().equals(Optional.of(Loan.startOf(request.day())))) {
      return new Plan(books).answer(LoanAnswer.of(document));
    }
    // Not by the clock alone: it may be set back after the loan was found due, and an answer that
    // nothing was to be done would stand for this day's key.
    LocalDate clock = Loan.today(books);
    LocalDate today = clock.isBefore(request.day()) ? request.day() : clock;
    long due = Repayment.due(loan, today);
    long part = Math.min(due, there(books.account(document.account())));
    Repayment collected = Repayment.of(loan, today, part);
    Plan plan =
        RepayLoan.booked(collected.chargeLateFees(today), document, today.plusDays(1), books);
    if (part < due && loan.firstTry(document)) {
      plan.tell(new Event(document.account(), "loan.overdue", LoanAnswer.of(document)));
    }
    return plan;
  }

  private static long there(Account account) {
    return account.status() == AccountStatus.OPEN
        ? Math.min(Money.MOST, Math.max(0, account.posted() - account.held()))
        : 0;
  }
}
