package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Set;

/** Freezes and closes accounts, for tests. */
final class SetStatus implements Operation<SetStatus.Request> {

  record Request(AccountId account, AccountStatus status) {}

  @Override
  public String type() {
    return "set-status";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/status");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE;
  }

  @Override
  public Plan plan(Request request, Books books) {
    return new Plan(books).status(request.account(), request.status());
  }
}
