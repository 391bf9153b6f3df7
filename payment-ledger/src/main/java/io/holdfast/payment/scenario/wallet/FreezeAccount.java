package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.TextLine;
import java.util.Optional;
import java.util.Set;

/** Lets nothing out of an account until it is unfrozen. What comes in is taken. */
public final class FreezeAccount implements Operation<FreezeAccount.Request> {

  /**
   * What is asked.
   *
   * @param account which
   * @param reason for the record; the owner is not told
   */
  public record Request(AccountId account, String reason) {

    public Request {
      TextLine.requireReason(reason);
    }
  }

  @Override
  public String type() {
    return "freeze-account";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/freeze");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
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
    Account account = AccountChecks.open(books.account(request.account()));
    return StatusChanged.plan(account.id(), AccountStatus.FROZEN, books);
  }
}
