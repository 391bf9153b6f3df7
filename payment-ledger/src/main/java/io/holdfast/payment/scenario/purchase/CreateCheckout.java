package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A merchant asks to be paid; the answer is a signed {@link Checkout}. Nothing of it is kept but
 * the answer until it is paid, see {@link PaidCheckout}; of that the merchant is told by events,
 * with its reference. One payer can pay it. Two checkouts that say the same, down to the time, are
 * one. Of those for one order of the merchant's one is paid, and once that is so no more are made,
 * unless its payment was cancelled or has expired before anything was captured.
 */
public final class CreateCheckout implements Operation<CreateCheckout.Request> {

  private static final int DEFAULT_PAYABLE_MINUTES = 60;
  private static final int DEFAULT_HOLD_HOURS = 7 * 24;
  private static final int MOST_PAYABLE_MINUTES = 30 * 24 * 60;

  /**
   * What is asked.
   *
   * @param merchant the account to be paid into, of the caller's
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code; that of the account
   * @param reference the merchant's own name for it, such as an order number; need not be unique
   * @param order if it is for an order that may be paid once only, the merchant's name for that;
   *     refused with {@code order-used} while it is paid, or about to be
   * @param capture {@link CaptureMode#MANUAL} unless it says otherwise
   * @param payableMinutes how long it can be authorised; an hour unless it says otherwise
   * @param holdHours how long it can be captured after that; seven days unless it says otherwise
   */
  public record Request(
      AccountId merchant,
      long amount,
      String currency,
      String reference,
      Optional<String> order,
      Optional<CaptureMode> capture,
      OptionalInt payableMinutes,
      OptionalInt holdHours) {

    public Request {
      int minutes = payableMinutes.orElse(DEFAULT_PAYABLE_MINUTES);
      if (minutes < 1 || minutes > MOST_PAYABLE_MINUTES) {
        throw new IllegalArgumentException(
            "a checkout is payable for 1 to " + MOST_PAYABLE_MINUTES + " minutes");
      }
      unsigned(
          merchant,
          "nobody",
          amount,
          currency,
          reference,
          order,
          capture,
          holdHours,
          Instant.EPOCH);
    }

    private static Checkout unsigned(
        AccountId merchant,
        String owner,
        long amount,
        String currency,
        String reference,
        Optional<String> order,
        Optional<CaptureMode> capture,
        OptionalInt holdHours,
        Instant payableUntil) {
      return new Checkout(
          merchant,
          owner,
          amount,
          currency,
          reference,
          order,
          capture.orElse(CaptureMode.MANUAL),
          holdHours.orElse(DEFAULT_HOLD_HOURS),
          payableUntil,
          "");
    }

    Checkout checkout(String owner, Instant now) {
      Instant until = now.plus(Duration.ofMinutes(payableMinutes.orElse(DEFAULT_PAYABLE_MINUTES)));
      return unsigned(
          merchant, owner, amount, currency, reference, order, capture, holdHours, until);
    }
  }

  private final ShardMap map;
  private final LedgerIdentity identity;

  CreateCheckout(ShardMap map, LedgerIdentity identity) {
    this.map = map;
    this.identity = identity;
  }

  @Override
  public String type() {
    return "create-checkout";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/accounts/{merchant}/checkouts");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Checkout.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.merchant());
  }

  @Override
  public Reads reads(Request request) {
    Reads reads =
        Reads.NONE.account(request.merchant()).document(Merchant.idOf(request.merchant(), map));
    return paidOrder(request).map(reads::document).orElse(reads);
  }

  private Optional<DocumentId> paidOrder(Request request) {
    return request.order().map(order -> PaidCheckout.idOf(request.merchant(), order, map));
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.own(request.merchant());
    if (books.find(Merchant.KIND, Merchant.idOf(account.id(), map)).isEmpty()) {
      throw Refusal.conflict(
              "no-merchant-terms", "An operator has to agree terms for this account first.")
          .exception();
    }
    if (account.status() != AccountStatus.OPEN) {
      throw Refusal.conflict("account-not-open", "The account is frozen or closed.").exception();
    }
    if (!account.currency().equals(request.currency())) {
      throw Refusal.invalid(
              "currency-mismatch", "The account is kept in " + account.currency() + ".")
          .exception();
    }
    if (paidOrder(request).flatMap(paid -> books.find(PaidCheckout.KIND, paid)).isPresent()) {
      throw PaidCheckout.used(request.order()).exception();
    }
    return new Plan(books)
        .answer(request.checkout(account.owner(), books.now()).signedBy(identity));
  }
}
