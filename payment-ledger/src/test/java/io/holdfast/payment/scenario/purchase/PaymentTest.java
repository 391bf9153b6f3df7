package io.holdfast.payment.scenario.purchase;

import static io.holdfast.payment.scenario.purchase.Shop.ALICE;
import static io.holdfast.payment.scenario.purchase.Shop.BOB;
import static io.holdfast.payment.scenario.purchase.Shop.OPERATOR;
import static io.holdfast.payment.scenario.purchase.Shop.RIVAL;
import static io.holdfast.payment.scenario.purchase.Shop.SHOP;
import static io.holdfast.payment.scenario.purchase.Shop.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PaymentTest {

  private final Shop shop = new Shop();

  @Test
  void authorise_holdsThePayersMoneyAndMovesNothing() {
    DocumentId id = shop.authorised(4_000);
    assertThat(shop.available(shop.payer)).isEqualTo(6_000);
    assertThat(shop.posted(shop.payer)).isEqualTo(10_000);
    assertThat(shop.posted(shop.merchant)).isZero();
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.AUTHORISED);
    assertThat(id.shard()).isEqualTo(shop.ledger.map().shardOf(shop.payer));
    assertThat(shop.told()).containsExactly("till payment.authorised");
  }

  @Test
  void authorise_moreThanAvailable_isRefused() {
    assertRefused("insufficient-funds", () -> shop.authorised(10_001));
    assertThat(shop.available(shop.payer)).isEqualTo(10_000);
  }

  @Test
  void authorise_automatic_isCapturedByItself() {
    DocumentId id = shop.authorise(shop.checkout(4_000, CaptureMode.AUTOMATIC));
    assertThat(shop.available(shop.payer)).isEqualTo(6_000);
    assertThat(shop.posted(shop.merchant)).isEqualTo(4_000);
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.CAPTURED);
    assertThat(shop.ledger.document(Payment.KIND, id).due()).isEmpty();
    assertThat(shop.told()).containsExactly("till payment.captured");
    assertRefused("payment-not-open", () -> shop.capture(id, 1));
  }

  @Test
  void authorise_checkoutThatAnotherHasPaid_isRefusedAndHoldsNothing() {
    Checkout checkout = shop.checkout(1_000, CaptureMode.AUTOMATIC);
    DocumentId first = shop.authorise(checkout);
    assertRefused("checkout-used", () -> shop.authorise(checkout));
    AccountId bob = shop.ledger.wallet("bob", 5_000, "EUR");
    assertRefused("checkout-used", () -> shop.authorise(BOB, bob, checkout));
    assertThat(shop.available(bob)).isEqualTo(5_000);
    assertThat(shop.posted(shop.merchant)).isEqualTo(1_000);
    DocumentId paid = PaidCheckout.idOf(checkout, shop.ledger.map());
    assertThat(shop.ledger.document(PaidCheckout.KIND, paid).body().payment()).isEqualTo(first);
  }

  @Test
  void authorise_checkoutWhosePaymentHasEnded_isPaidByAnotherAgain() {
    AccountId bob = shop.ledger.wallet("bob", 5_000, "EUR");
    Checkout cancelled = shop.checkout(1_000, CaptureMode.MANUAL);
    shop.cancel(shop.authorise(cancelled));
    shop.capture(shop.authorise(BOB, bob, cancelled), 1_000);
    assertThat(shop.posted(shop.merchant)).isEqualTo(1_000);
    assertRefused("checkout-used", () -> shop.authorise(cancelled));

    Checkout expired = (Checkout) shop.ask(SHOP, shop.payableForThirtyDays()).orElseThrow();
    DocumentId first = shop.authorise(expired);
    shop.ledger.advanceTo(shop.payment(first).expires());
    shop.ledger.due(shop.scenario);
    assertThat(shop.payment(first).state()).isEqualTo(Payment.State.EXPIRED);
    DocumentId second = shop.authorise(expired);
    assertThat(second).isNotEqualTo(first);
    shop.capture(second, 400);
    shop.cancel(second); // What was captured stays paid.
    assertRefused("checkout-used", () -> shop.authorise(BOB, bob, expired));
  }

  /** The customer has the shop open twice, and pays in both windows. */
  @Test
  void authorise_secondCheckoutOfAnOrder_isRefused() {
    Checkout one = (Checkout) shop.ask(SHOP, shop.forOrder("A-7")).orElseThrow();
    shop.ledger.advanceTo(shop.ledger.now().plusSeconds(1));
    Checkout two = (Checkout) shop.ask(SHOP, shop.forOrder("A-7")).orElseThrow();
    assertThat(two).isNotEqualTo(one);
    DocumentId paid = shop.authorise(one);

    assertRefused("order-used", () -> shop.authorise(two));
    assertRefused("order-used", () -> shop.ask(SHOP, shop.forOrder("A-7")));
    assertThat(shop.available(shop.payer)).isEqualTo(9_000);
    shop.authorise((Checkout) shop.ask(SHOP, shop.forOrder("A-8")).orElseThrow());

    shop.cancel(paid);
    shop.capture(shop.authorise(two), 1_000);
    assertRefused("order-used", () -> shop.authorise(one));
  }

  /** Another order is as much a change as another amount. */
  @Test
  void authorise_orderThatWasChangedOrLeftOut_isRefused() {
    Checkout real = (Checkout) shop.ask(SHOP, shop.forOrder("A-7")).orElseThrow();
    for (Optional<String> order : List.of(Optional.of("A-8"), Optional.<String>empty())) {
      assertRefused(
          "invalid-checkout",
          () ->
              shop.authorise(
                  new Checkout(
                      real.merchant(),
                      real.merchantOwner(),
                      real.amount(),
                      real.currency(),
                      real.reference(),
                      order,
                      real.capture(),
                      real.holdHours(),
                      real.payableUntil(),
                      real.signature())));
    }
    assertThatThrownBy(() -> shop.forOrder("A 7")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void authorise_checkoutThatWasChanged_isRefused() {
    Checkout real = shop.checkout(1_000, CaptureMode.MANUAL);
    // Whoever owned a payment to somebody else's account could pay himself back out of it.
    assertRefused(
        "invalid-checkout",
        () ->
            shop.authorise(
                new Checkout(
                    real.merchant(),
                    "alice",
                    real.amount(),
                    real.currency(),
                    real.reference(),
                    real.order(),
                    real.capture(),
                    real.holdHours(),
                    real.payableUntil(),
                    real.signature())));
    assertRefused(
        "invalid-checkout",
        () ->
            shop.authorise(
                new Checkout(
                    real.merchant(),
                    real.merchantOwner(),
                    1,
                    real.currency(),
                    real.reference(),
                    real.order(),
                    real.capture(),
                    real.holdHours(),
                    real.payableUntil(),
                    real.signature())));
  }

  @Test
  void authorise_outOfAnothersAccount_isRefused() {
    Checkout checkout = shop.checkout(1_000, CaptureMode.MANUAL);
    shop.ledger.wallet("bob", 10_000, "EUR");
    assertRefused(
        "unknown-account",
        () -> shop.ask(ALICE, new AuthorisePayment.Request(new AccountId("bob"), checkout)));
  }

  @Test
  void authorise_tooLate_isRefused() {
    Checkout checkout = shop.checkout(1_000, CaptureMode.MANUAL);
    shop.ledger.advanceTo(checkout.payableUntil());
    assertRefused("checkout-expired", () -> shop.authorise(checkout));
  }

  @Test
  void authorise_inAnotherCurrency_isRefused() {
    shop.ledger.wallet("yen", 10_000, "JPY");
    assertRefused(
        "currency-mismatch",
        () ->
            shop.ask(
                OPERATOR,
                new AuthorisePayment.Request(
                    new AccountId("yen"), shop.checkout(10, CaptureMode.MANUAL))));
  }

  @Test
  void checkout_intoAnothersAccountOrWithoutTerms_isRefused() {
    assertRefused(
        "unknown-account", () -> shop.ask(RIVAL, shop.request(1_000, CaptureMode.MANUAL)));
    assertRefused(
        "no-merchant-terms",
        () ->
            shop.ask(
                SHOP,
                new CreateCheckout.Request(
                    shop.ledger.open("other", AccountType.MERCHANT, "shop", 0, "EUR"),
                    1,
                    "EUR",
                    "x",
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty())));
    assertRefused("not-a-merchant", () -> shop.terms(shop.payer, 0, 0));
  }

  @Test
  void capture_inParts_movesEachAndHoldsTheRest() {
    DocumentId id = shop.authorised(4_000);
    shop.capture(id, 1_000);
    assertThat(shop.posted(shop.merchant)).isEqualTo(1_000);
    assertThat(shop.posted(shop.payer)).isEqualTo(9_000);
    assertThat(shop.available(shop.payer)).isEqualTo(6_000);
    assertRefused("more-than-authorised", () -> shop.capture(id, 3_001));
    shop.capture(id, 3_000);
    assertThat(shop.posted(shop.merchant)).isEqualTo(4_000);
    assertThat(shop.available(shop.payer)).isEqualTo(6_000);
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.CAPTURED);
    assertThat(shop.ledger.document(Payment.KIND, id).due()).isEmpty();
    assertRefused("payment-not-open", () -> shop.capture(id, 1));
  }

  @Test
  void capture_forTheLastTime_givesTheRestBack() {
    DocumentId id = shop.authorised(4_000);
    shop.captureLast(id, 1_000);
    assertThat(shop.available(shop.payer)).isEqualTo(9_000);
    assertRefused("payment-not-open", () -> shop.capture(id, 1));
  }

  @Test
  void capture_byAnybodyElse_findsNothing() {
    DocumentId id = shop.authorised(4_000);
    var request = new CapturePayment.Request(id, 1, "EUR", Optional.empty());
    assertRefused("not-found", () -> shop.ask(RIVAL, request));
    assertRefused("forbidden", () -> shop.ask(ALICE, request));
    assertRefused("not-found", () -> shop.ask(RIVAL, new RefundPayment.Request(id, 1, "EUR")));
    assertRefused("not-found", () -> shop.ask(RIVAL, new CancelPayment.Request(id)));
    shop.ask(OPERATOR, request);
    assertThat(shop.posted(shop.merchant)).isEqualTo(1);
  }

  @Test
  void capture_afterItsTime_isRefusedBeforeTheWorkHasRun() {
    DocumentId id = shop.authorised(4_000);
    shop.ledger.advanceTo(shop.payment(id).expires());
    assertRefused("payment-expired", () -> shop.capture(id, 1));
  }

  @Test
  void cancel_givesBack_andKeepsWhatWasCaptured() {
    DocumentId id = shop.authorised(4_000);
    shop.cancel(id);
    assertThat(shop.available(shop.payer)).isEqualTo(10_000);
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.CANCELLED);
    assertRefused("payment-not-open", () -> shop.cancel(id));
    assertRefused("payment-not-open", () -> shop.capture(id, 1));

    DocumentId partly = shop.authorise(later(4_000));
    shop.capture(partly, 1_500);
    shop.cancel(partly);
    assertThat(shop.available(shop.payer)).isEqualTo(8_500);
    assertThat(shop.payment(partly).state()).isEqualTo(Payment.State.CAPTURED);
  }

  @Test
  void expiry_givesBackWhatIsLeftAfterSevenDays() {
    DocumentId id = shop.authorised(4_000);
    assertThat(shop.payment(id).expires()).isEqualTo(shop.ledger.now().plus(Duration.ofDays(7)));
    shop.ledger.due(shop.scenario);
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.AUTHORISED);
    shop.ledger.advanceTo(shop.payment(id).expires());
    shop.ledger.due(shop.scenario);
    assertThat(shop.payment(id).state()).isEqualTo(Payment.State.EXPIRED);
    assertThat(shop.available(shop.payer)).isEqualTo(10_000);
    assertThat(shop.told()).contains("till payment.expired");
  }

  @Test
  void refund_inParts_neverMoreThanCaptured() {
    DocumentId id = shop.authorised(4_000);
    assertRefused("more-than-captured", () -> shop.refund(id, 1));
    shop.capture(id, 3_000);
    shop.refund(id, 1_000);
    shop.refund(id, 2_000);
    assertRefused("more-than-captured", () -> shop.refund(id, 1));
    assertThat(shop.posted(shop.merchant)).isZero();
    assertThat(shop.posted(shop.payer)).isEqualTo(10_000);
    shop.capture(id, 1_000);
    shop.refund(id, 1_000);
    assertThat(shop.payment(id).refunded()).isEqualTo(4_000);
  }

  @Test
  void refund_ofWhatTheMerchantNoLongerHas_isRefusedAndChangesNothing() {
    DocumentId id = shop.authorise(shop.checkout(4_000, CaptureMode.AUTOMATIC));
    shop.ledger.run(
        SHOP, new Transfer(), new Transfer.Request(shop.merchant, shop.payer, 3_500, "EUR"));
    assertRefused("insufficient-funds", () -> shop.refund(id, 501));
    assertThat(shop.payment(id).refunded()).isZero();
    shop.refund(id, 500);
  }

  @Test
  void requests_inAnotherCurrencyOrOverNothing_areRefused() {
    DocumentId id = shop.authorised(4_000);
    assertRefused(
        "currency-mismatch",
        () -> shop.ask(SHOP, new CapturePayment.Request(id, 1, "JPY", Optional.empty())));
    assertRefused(
        "currency-mismatch", () -> shop.ask(SHOP, new RefundPayment.Request(id, 1, "JPY")));
    assertThatThrownBy(() -> new CapturePayment.Request(id, 0, "EUR", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RefundPayment.Request(id, -1, "EUR"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Another one; at the same time it would be the same. */
  private Checkout later(long amount) {
    shop.ledger.advanceTo(shop.ledger.now().plusSeconds(1));
    return shop.checkout(amount, CaptureMode.MANUAL);
  }
}
