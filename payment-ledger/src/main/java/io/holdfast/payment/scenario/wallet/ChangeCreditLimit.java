package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.TextLine;
import java.util.Optional;
import java.util.Set;

/**
 * Changes how far an account may go below zero. Credit can be spent like money that was brought in;
 * so two operators have to want it, as with {@link Fund}.
 */
public final class ChangeCreditLimit implements Operation<ChangeCreditLimit.Request> {

  /**
   * What is asked.
   *
   * @param account which
   * @param creditLimit minor units of the account's currency, zero to {@link Money#MOST}; not less
   *     than is used
   * @param reason for the record
   */
  public record Request(AccountId account, long creditLimit, String reason) {

    public Request {
      if (creditLimit < 0 || creditLimit > Money.MOST) {
        throw new IllegalArgumentException("a credit limit is 0 to " + Money.MOST);
      }
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "change-credit-limit";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/credit-limit");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
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
  public boolean needsTwoOperators() {
    return true;
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = AccountChecks.notClosed(books.account(request.account()));
    if (account.available() - account.creditLimit() + request.creditLimit() < 0) {
      throw Refusal.conflict(
              "credit-in-use", "More of the credit is used or held than would be left.")
          .exception();
    }
    return new Plan(books).creditLimit(account.id(), request.creditLimit()).answer(request);
  }
}
