package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.Set;

/** Moves money from an account of the caller's to another one, wherever that lives. */
public final class Transfer implements Operation<Transfer.Request> {

  /**
   * What is asked.
   *
   * @param from who pays
   * @param to who is paid; another account
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code; that of both accounts
   */
  public record Request(AccountId from, AccountId to, long amount, String currency) {

    public Request {
      if (from.equals(to)) {
        throw new IllegalArgumentException("a transfer needs two different accounts");
      }
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a transfer moves more than zero");
      }
    }

    Money money() {
      return Money.of(amount, currency);
    }
  }

  @Override
  public String type() {
    return "transfer";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/transfers");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Request.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.from());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.from()).account(request.to());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account from = books.own(request.from());
    return new Plan(books)
        .debit(request.from(), request.money())
        .credit(request.to(), request.money())
        .spend(from, request.money())
        .answer(request);
  }
}
