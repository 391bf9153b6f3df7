package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks for a loan. The amount and the rate are the most that the borrower takes: what is approved
 * is no worse, so that nothing has to be accepted again.
 */
public final class ApplyForLoan implements Operation<ApplyForLoan.Request> {

  /**
   * What is asked.
   *
   * @param account the borrower's: the loan is paid into it and repaid out of it
   * @param amount how much is wanted, minor units
   * @param currency ISO 4217 code; that of the account
   * @param annualRateBp the highest interest for a year, in basis points: 725 is 7.25 %
   * @param months the number of instalments
   * @param kind how it is repaid
   * @param dayCount how interest is counted
   */
  public record Request(
      AccountId account,
      long amount,
      String currency,
      int annualRateBp,
      int months,
      RepaymentKind kind,
      DayCount dayCount) {

    public Request {
      terms(amount, currency, annualRateBp, months, kind, dayCount);
    }

    private static Terms terms(
        long amount,
        String currency,
        int annualRateBp,
        int months,
        RepaymentKind kind,
        DayCount dayCount) {
      return new Terms(Money.of(amount, currency), annualRateBp, months, kind, dayCount);
    }

    Terms terms() {
      return terms(amount, currency, annualRateBp, months, kind, dayCount);
    }
  }

  @Override
  public String type() {
    return "apply-for-loan";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/loans");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.account());
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(LoanAnswer.class);
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.own(request.account());
    if (!account.currency().equals(request.currency())) {
      throw Refusal.invalid("currency-mismatch", "The account is kept in another currency.")
          .exception();
    }
    requireRepayable(request.terms(), books);
    Loan loan = Loan.applied(account.owner(), request.terms());
    Document<Loan> document = Document.of(books.newId(Loan.KIND), account.id(), loan);
    return new Plan(books).put(document).answer(LoanAnswer.of(document));
  }

  /**
   * An instalment is a round number of minor units. If that is too coarse for the amount, the rate
   * and the time, hardly anything is repaid before the end; such a loan is not given.
   */
  static void requireRepayable(Terms terms, Books books) {
    List<Instalment> rows = Schedule.of(terms, Loan.today(books));
    if (rows.get(rows.size() - 1).total() > 2 * rows.get(0).total()) {
      throw Refusal.invalid(
              "not-repayable-so",
              "With this amount, rate and number of months most would be left for the end.")
          .exception();
    }
  }
}
