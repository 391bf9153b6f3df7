package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.Set;

/**
 * Closes an account for ever. It has to be empty, with nothing under way in or out. Its owner may
 * do it, unless it is frozen; an operator may in any case.
 */
public final class CloseAccount implements Operation<CloseAccount.Request> {

  /**
   * What is asked.
   *
   * @param account which
   */
  public record Request(AccountId account) {}

  @Override
  public String type() {
    return "close-account";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/close");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(StatusChanged.class);
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
    Account account = AccountChecks.notClosed(books.own(request.account()));
    if (!books.caller().isAny(Role.OPERATOR)) {
      AccountChecks.open(account);
    }
    if (account.posted() != 0 || account.held() != 0 || account.incoming() != 0) {
      throw Refusal.conflict(
              "account-not-empty",
              "There is money in the account, owed by it, held or under way. Empty it first.")
          .exception();
    }
    return StatusChanged.plan(account.id(), AccountStatus.CLOSED, books);
  }
}
