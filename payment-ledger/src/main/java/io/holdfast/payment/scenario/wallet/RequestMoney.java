package io.holdfast.payment.scenario.wallet;

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
import io.holdfast.payment.ledger.TextLine;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Asks somebody for money, to be paid into an account of the caller's. Whether it is the caller's
 * is looked at when it is paid: that account may live in another shard, which is not bothered
 * before.
 */
public final class RequestMoney implements Operation<RequestMoney.Request> {

  /** How long a request can be paid unless it says otherwise. */
  public static final int DAYS = 7;

  private static final int MOST_DAYS = 90;

  /**
   * What is asked.
   *
   * @param payer who is asked
   * @param payee into which account, another one; of the caller's
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code; that of both accounts
   * @param reference what it is for: 1 to 140 characters
   * @param days how long it can be paid, 1 to 90; {@link #DAYS} unless it says otherwise
   */
  public record Request(
      AccountId payer,
      AccountId payee,
      long amount,
      String currency,
      Optional<String> reference,
      OptionalInt days) {

    public Request {
      if (payer.equals(payee)) {
        throw new IllegalArgumentException("payer and payee are two different accounts");
      }
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a request is for more than zero");
      }
      if (reference.isPresent() && !TextLine.isOne(reference.get(), 140)) {
        throw new IllegalArgumentException("a reference is a line of 1 to 140 characters");
      }
      if (days.isPresent() && (days.getAsInt() < 1 || days.getAsInt() > MOST_DAYS)) {
        throw new IllegalArgumentException("a request can be paid for 1 to 90 days");
      }
    }
  }

  @Override
  public String type() {
    return "request-money";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/money-requests");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.payer());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.payer());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account payer = AccountChecks.notClosed(books.account(request.payer()));
    Money amount = Money.of(request.amount(), request.currency());
    if (!payer.currency().equals(amount.code())) {
      throw Refusal.invalid("currency-mismatch", "The payer's account is kept in another currency.")
          .exception();
    }
    Instant expires = books.now().plus(Duration.ofDays(request.days().orElse(DAYS)));
    MoneyRequest body =
        new MoneyRequest(
            request.payer(),
            request.payee(),
            amount,
            books.caller().name(),
            request.reference(),
            books.now(),
            expires,
            MoneyRequest.State.OPEN,
            Optional.empty());
    Document<MoneyRequest> document =
        Document.of(books.newId(MoneyRequest.KIND), request.payer(), body)
            .alsoOf(request.payee())
            .dueAt(expires);
    return new Plan(books).put(document).tell(MoneyRequest.told(document)).answer(document);
  }
}
