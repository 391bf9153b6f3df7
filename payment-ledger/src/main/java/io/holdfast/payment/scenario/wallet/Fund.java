package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.SystemAccount;
import io.holdfast.payment.ledger.TextLine;
import java.util.Optional;
import java.util.Set;

/** Brings money into an account against the ledger's equity. Two operators have to want it. */
public final class Fund implements Operation<Fund.Request> {

  /**
   * What is asked.
   *
   * @param account into which
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code
   * @param reason for the record: what it is, and by what paper
   */
  public record Request(AccountId account, long amount, String currency, String reason) {

    public Request {
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("funding brings in more than zero");
      }
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "fund";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/accounts/{account}/funding");
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
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Request.class);
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
  public Plan plan(Request request, Books books) {
    Money money = Money.of(request.amount(), request.currency());
    return new Plan(books)
        .debit(books.system(SystemAccount.EQUITY, money.code()), money)
        .credit(books.account(request.account()).id(), money)
        .answer(request);
  }
}
