package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;

/**
 * Repays part of a loan, or all of it, out of the borrower's account: first late fees, then
 * interest and then principal that is due; what is more is an early repayment that makes the later
 * instalments lower. Of a loan that was written off it recovers principal, up to all of that. Does
 * not count against the account's limits, which are for payments to others.
 */
public final class RepayLoan implements Operation<RepayLoan.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   * @param amount minor units, more than zero; at most what {@link PayOffLoan} would take
   * @param currency ISO 4217 code, that of the loan
   */
  public record Request(DocumentId loan, long amount, String currency) {

    public Request {
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a repayment is more than zero");
      }
    }
  }

  /**
   * What a repayment was used for, in minor units of the currency.
   *
   * @param loan which
   * @param state of the loan after it
   * @param currency ISO 4217 code
   * @param lateFee late fees
   * @param interest interest
   * @param principal principal
   * @param recovered principal that was written off before
   * @param outstanding principal that is owed after it
   */
  public record Answer(
      DocumentId loan,
      Loan.State state,
      String currency,
      long lateFee,
      long interest,
      long principal,
      long recovered,
      long outstanding) {}

  @Override
  public String type() {
    return "repay-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/loans/{loan}/repayments");
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
    return Optional.of(Answer.class);
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Loan> document = Loan.visible(books, request.loan());
    Loan loan = document.body();
    loan.require(Loan.State.ACTIVE, Loan.State.WRITTEN_OFF);
    if (!loan.terms().amount().code().equals(request.currency())) {
      throw Refusal.invalid("currency-mismatch", "The loan is in another currency.").exception();
    }
    LocalDate today = Loan.today(books);
    boolean lost = loan.state() == Loan.State.WRITTEN_OFF;
    long owed = lost ? loan.booked().lost() : Repayment.inFull(loan, today);
    if (request.amount() > owed) {
      throw Refusal.conflict(
              "more-than-owed", "All that is owed today is " + owed + " minor units.")
          .exception();
    }
    if (lost) {
      return recovered(request.amount(), document, books);
    }
    return booked(Repayment.of(loan, today, request.amount()), document, books);
  }

  /** The plan for a payment of a loan that was written off: income, since the loss is booked. */
  static Plan recovered(long amount, Document<Loan> before, Books books) {
    Loan loan = before.body().recover(amount);
    Document<Loan> document = before.with(loan);
    String currency = loan.terms().amount().code();
    Money money = Money.of(amount, currency);
    Answer answer = new Answer(document.id(), loan.state(), currency, 0, 0, 0, amount, 0);
    return new Plan(books)
        .debit(document.account(), money)
        .credit(books.system(LendingScenario.RECOVERIES, currency), money)
        .put(document)
        .answer(answer)
        .tell(new Event(document.account(), "loan.recovered", answer));
  }

  /** The plan for a repayment by the borrower; a collection that is due stays due when it was. */
  static Plan booked(Repayment repayment, Document<Loan> before, Books books) {
    Instant due = before.due().orElseThrow();
    return booked(repayment, before, LocalDate.ofInstant(due, ZoneOffset.UTC), books);
  }

  /** The plan that carries a repayment out: the money, the loan, the answer, what is told. */
  static Plan booked(Repayment repayment, Document<Loan> before, LocalDate nextTry, Books books) {
    Loan loan = repayment.loan();
    Document<Loan> document = loan.in(before, nextTry);
    String currency = loan.terms().amount().code();
    Money lateFee = Money.of(repayment.lateFee(), currency);
    Money interest = Money.of(repayment.interest(), currency);
    Money principal = Money.of(repayment.principal(), currency);
    Answer answer =
        new Answer(
            document.id(),
            loan.state(),
            currency,
            repayment.lateFee(),
            repayment.interest(),
            repayment.principal(),
            0,
            loan.booked().outstanding());
    Plan plan =
        new Plan(books)
            .debit(document.account(), Money.of(repayment.total(), currency))
            .credit(books.system(LendingScenario.LATE_FEES, currency), lateFee)
            .credit(books.system(LendingScenario.INTEREST, currency), interest)
            .credit(books.system(LendingScenario.LOANS, currency), principal)
            .put(document)
            .answer(answer);
    if (repayment.total() > 0) {
      plan.tell(new Event(document.account(), "loan.repaid", answer));
    }
    if (loan.state() == Loan.State.CLOSED) {
      plan.tell(new Event(document.account(), "loan.closed", LoanAnswer.of(document)));
    }
    return plan;
  }
}
