package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Changes how much the owner of an account may pay at once and in a day. */
public final class ChangeLimits implements Operation<ChangeLimits.Request> {

  /**
   * What is asked; what is left out stays as it is.
   *
   * @param account which
   * @param perPayment minor units; zero lets nothing out
   * @param perDay minor units, of one day in UTC; what was paid today counts
   */
  public record Request(AccountId account, OptionalLong perPayment, OptionalLong perDay) {

    public Request {
      if (perPayment.isEmpty() && perDay.isEmpty()) {
        throw new IllegalArgumentException("say perPayment, perDay or both");
      }
      changed(perPayment, perDay, Limits.NONE);
    }

    private static Limits changed(OptionalLong perPayment, OptionalLong perDay, Limits before) {
      return new Limits(perPayment.orElse(before.perPayment()), perDay.orElse(before.perDay()));
    }
  }

  /** What is answered: all limits as they are now. */
  record Changed(AccountId account, long perPayment, long perDay) {}

  @Override
  public String type() {
    return "change-limits";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/limits");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Changed.class);
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
    Account account = AccountChecks.notClosed(books.account(request.account()));
    Limits limits = Request.changed(request.perPayment(), request.perDay(), account.limits());
    return new Plan(books)
        .limits(account.id(), limits)
        .answer(new Changed(account.id(), limits.perPayment(), limits.perDay()));
  }
}
