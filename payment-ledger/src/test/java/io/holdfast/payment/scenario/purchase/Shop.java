package io.holdfast.payment.scenario.purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.webhook.WebhookTargets;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A merchant and a payer in two shards of a ledger in memory. */
final class Shop {

  static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);
  static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  static final Caller SHOP = Caller.of("shop", Role.MERCHANT);
  static final Caller RIVAL = Caller.of("rival", Role.MERCHANT);
  static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);

  final MemoryLedger ledger = new MemoryLedger();
  final LedgerIdentity identity = new LedgerIdentity("test".getBytes(StandardCharsets.UTF_8));
  final AccountId payer = ledger.wallet("alice", 10_000, "EUR");
  final AccountId merchant = ledger.open("till", AccountType.MERCHANT, "shop", 0, "EUR");

  /** What the books say next. */
  Takings takings = Takings.from(0);

  final PurchaseScenario scenario =
      new PurchaseScenario(
          ledger.map(),
          identity,
          WebhookTargets.PUBLIC_AND_LOOPBACK,
          (account, after, until, terms) -> CompletableFuture.completedFuture(takings));

  Shop() {
    if (ledger.map().shardOf(payer) == ledger.map().shardOf(merchant)) {
      throw new IllegalStateException("the two are meant to be in different shards");
    }
    terms(merchant, 150, 25);
  }

  @SuppressWarnings("unchecked")
  <R extends Record> Optional<Record> ask(Caller caller, R request) {
    for (Operation<?> each : scenario.operations()) {
      if (each.request() == request.getClass()) {
        return ledger.run(caller, (Operation<R>) each, request);
      }
    }
    throw new IllegalArgumentException("nothing takes " + request);
  }

  void terms(AccountId account, int basisPoints, long fixed) {
    ask(OPERATOR, new SetMerchantTerms.Request(account, basisPoints, fixed));
  }

  Checkout checkout(long amount, CaptureMode mode) {
    return (Checkout) ask(SHOP, request(amount, mode)).orElseThrow();
  }

  CreateCheckout.Request request(long amount, CaptureMode mode) {
    return new CreateCheckout.Request(
        merchant,
        amount,
        "EUR",
        "order-1",
        Optional.empty(),
        Optional.of(mode),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  CreateCheckout.Request forOrder(String order) {
    return new CreateCheckout.Request(
        merchant,
        1_000,
        "EUR",
        "cart",
        Optional.of(order),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  CreateCheckout.Request payableForThirtyDays() {
    return new CreateCheckout.Request(
        merchant,
        1_000,
        "EUR",
        "order-2",
        Optional.empty(),
        Optional.empty(),
        OptionalInt.of(30 * 24 * 60),
        OptionalInt.of(1));
  }

  DocumentId authorise(Checkout checkout) {
    return authorise(ALICE, payer, checkout);
  }

  DocumentId authorise(Caller caller, AccountId account, Checkout checkout) {
    return ((PaymentNotice)
            ask(caller, new AuthorisePayment.Request(account, checkout)).orElseThrow())
        .payment();
  }

  DocumentId authorised(long amount) {
    return authorise(checkout(amount, CaptureMode.MANUAL));
  }

  void capture(DocumentId payment, long amount) {
    ask(SHOP, new CapturePayment.Request(payment, amount, "EUR", Optional.empty()));
  }

  void captureLast(DocumentId payment, long amount) {
    ask(SHOP, new CapturePayment.Request(payment, amount, "EUR", Optional.of(true)));
  }

  void refund(DocumentId payment, long amount) {
    ask(SHOP, new RefundPayment.Request(payment, amount, "EUR"));
  }

  void cancel(DocumentId payment) {
    ask(SHOP, new CancelPayment.Request(payment));
  }

  Payment payment(DocumentId id) {
    return ledger.document(Payment.KIND, id).body();
  }

  long available(AccountId account) {
    return ledger.account(account).available();
  }

  long posted(AccountId account) {
    return ledger.account(account).posted();
  }

  Iterable<String> told() {
    return ledger.events().stream().map(each -> each.account() + " " + each.type()).toList();
  }

  static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.refusal().code()).isEqualTo(code));
  }
}
