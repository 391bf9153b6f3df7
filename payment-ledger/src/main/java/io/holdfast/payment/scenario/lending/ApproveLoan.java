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
import java.util.Optional;
import java.util.Set;

/** Grants a loan: at most the amount and the rate that were applied for. */
public final class ApproveLoan implements Operation<ApproveLoan.Request> {

  /**
   * What is asked.
   *
   * @param loan which
   * @param amount what is granted, minor units
   * @param currency ISO 4217 code, that of the loan
   * @param annualRateBp interest for a year, in basis points
   * @param lateFee for each instalment that is late, minor units; zero for none
   * @param graceDays how many days after its due day an instalment may be paid without the fee
   */
  public record Request(
      DocumentId loan,
      long amount,
      String currency,
      int annualRateBp,
      long lateFee,
      int graceDays) {

    public Request {
      new LateFee(lateFee, graceDays);
      new Terms(
          Money.of(amount, currency), annualRateBp, 1, RepaymentKind.ANNUITY, DayCount.THIRTY_360);
    }
  }

  @Override
  public String type() {
    return "approve-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/loans/{loan}/approval");
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
    Loan loan = document.body();
    loan.require(Loan.State.APPLIED);
    Terms asked = loan.terms();
    if (!asked.amount().code().equals(request.currency())) {
      throw Refusal.invalid("currency-mismatch", "The loan is in another currency.").exception();
    }
    if (request.amount() > asked.amount().minorUnits()
        || request.annualRateBp() > asked.annualRateBp()) {
      throw Refusal.conflict(
              "worse-than-applied", "The borrower did not ask for as much, or at such a rate.")
          .exception();
    }
    if (request.amount() < asked.months()) {
      throw Refusal.invalid(
              "not-repayable-so", "The amount is less than a minor unit for each month.")
          .exception();
    }
    Terms granted =
        new Terms(
            Money.of(request.amount(), request.currency()),
            request.annualRateBp(),
            asked.months(),
            asked.kind(),
            asked.dayCount());
    ApplyForLoan.requireRepayable(granted, books);
    Loan approved = loan.approve(granted, new LateFee(request.lateFee(), request.graceDays()));
    return LoanAnswer.told("loan.approved", document.with(approved), books);
  }
}
