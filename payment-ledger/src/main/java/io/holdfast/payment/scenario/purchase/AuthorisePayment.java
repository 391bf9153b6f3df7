package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
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
import java.util.Set;

/**
 * The payer agrees to a {@link Checkout}. The money is held until it is captured, given back, or
 * expired; if it is to be captured automatically it goes to the merchant at once.
 *
 * <p>In the merchant's shard a {@link PaidCheckout} is put down with it. So one payer pays a
 * checkout, and pays it once, whatever keys it is asked under; the next is refused with {@code
 * checkout-used}, or {@code order-used} if it is for an order, unless the payment was cancelled or
 * has expired before anything was captured.
 */
public final class AuthorisePayment implements Operation<AuthorisePayment.Request> {

  /**
   * What is asked.
   *
   * @param account who pays, of the caller's
   * @param checkout as the merchant got it
   */
  public record Request(AccountId account, Checkout checkout) {

    public Request {
      if (account.equals(checkout.merchant())) {
        throw new IllegalArgumentException("a payment needs two different accounts");
      }
    }
  }

  private final ShardMap map;
  private final LedgerIdentity identity;

  AuthorisePayment(ShardMap map, LedgerIdentity identity) {
    this.map = map;
    this.identity = identity;
  }

  @Override
  public String type() {
    return "authorise-payment";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/payments");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(PaymentNotice.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.account()).account(request.checkout().merchant());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Checkout checkout = request.checkout();
    if (!checkout.isSignedBy(identity)) {
      throw Refusal.invalid("invalid-checkout", "The checkout is not as this ledger has signed it.")
          .exception();
    }
    Account payer = books.own(request.account());
    if (!books.now().isBefore(checkout.payableUntil())) {
      throw Refusal.conflict("checkout-expired", "The checkout can no longer be paid.").exception();
    }
    requireUsable(payer, checkout);
    Instant expires = books.now().plus(Duration.ofHours(checkout.holdHours()));
    DocumentId id = books.newId(Payment.KIND);
    DocumentId paid = PaidCheckout.idOf(checkout, map);
    Payment payment =
        new Payment(
            Payment.State.AUTHORISED,
            payer.id(),
            checkout.merchant(),
            checkout.merchantOwner(),
            paid,
            checkout.reference(),
            checkout.capture(),
            checkout.currency(),
            checkout.amount(),
            0,
            0,
            expires);
    Document<Payment> document = Document.of(id, payer.id(), payment).alsoOf(checkout.merchant());
    Plan plan =
        new Plan(books)
            .spend(payer, checkout.money())
            .claim(PaidCheckout.claim(paid, id, checkout));
    if (checkout.capture() == CaptureMode.AUTOMATIC) {
      return PaymentPlans.move(
          plan, document.with(payment.capture(checkout.amount(), true)), checkout.amount());
    }
    PaymentNotice notice = PaymentNotice.of(document, checkout.amount());
    return plan.hold(payment.hold(id))
        .put(document.dueAt(expires))
        .tell(notice.event("payment.authorised"))
        .answer(notice);
  }

  /** A hold has no currency and no look at the status of its own; a debit has both. */
  private static void requireUsable(Account payer, Checkout checkout) {
    if (!payer.currency().equals(checkout.currency())) {
      throw Refusal.invalid("currency-mismatch", "The account is kept in " + payer.currency() + ".")
          .exception();
    }
    if (payer.status() != AccountStatus.OPEN) {
      throw Refusal.conflict("account-not-open", "The account is frozen or closed.").exception();
    }
  }
}
