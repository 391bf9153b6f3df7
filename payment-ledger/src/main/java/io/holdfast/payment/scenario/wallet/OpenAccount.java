package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.NewAccount;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Opens an account, empty and without credit. Money comes into it by {@link Fund}, from outside or
 * from others; credit is given by {@link ChangeCreditLimit}.
 */
public final class OpenAccount implements Operation<OpenAccount.Request> {

  /**
   * What is asked.
   *
   * @param account its name
   * @param owner the caller whose it will be
   * @param currency ISO 4217 code
   * @param type a wallet unless it says otherwise
   * @param limitPerPayment minor units; none unless it says otherwise
   * @param limitPerDay minor units; none unless it says otherwise
   */
  public record Request(
      AccountId account,
      String owner,
      String currency,
      Optional<AccountType> type,
      OptionalLong limitPerPayment,
      OptionalLong limitPerDay) {

    public Request {
      Caller.of(owner, Role.CUSTOMER);
      opening(account, owner, currency, type, limitPerPayment, limitPerDay);
    }

    private static NewAccount opening(
        AccountId account,
        String owner,
        String currency,
        Optional<AccountType> type,
        OptionalLong limitPerPayment,
        OptionalLong limitPerDay) {
      return new NewAccount(
          account,
          type.orElse(AccountType.WALLET),
          owner,
          currency,
          0,
          new Limits(
              limitPerPayment.orElse(Limits.NONE.perPayment()),
              limitPerDay.orElse(Limits.NONE.perDay())));
    }

    NewAccount opening() {
      return opening(account, owner, currency, type, limitPerPayment, limitPerDay);
    }
  }

  /** A wallet of this owner, without limits. */
  public static Request wallet(AccountId account, String owner, String currency) {
    return new Request(
        account,
        owner,
        Money.of(0, currency).code(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  @Override
  public String type() {
    return "open-account";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/accounts");
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
  public Plan plan(Request request, Books books) {
    if (books.find(request.account()).isPresent()) {
      throw Refusal.conflict("account-exists", "An account of this name is open already.")
          .exception();
    }
    return new Plan(books).open(request.opening()).answer(request);
  }
}
