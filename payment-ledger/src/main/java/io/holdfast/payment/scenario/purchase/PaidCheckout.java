package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Claim;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.ShardMap;
import java.util.Optional;

/**
 * By which payment a {@link Checkout} is paid, or an order of a merchant's for which there may be
 * several; kept in the merchant's shard from the authorisation on, so that there is one at most.
 * When a payment ends of which nothing was captured, it is gone again.
 *
 * @param payment which
 * @param reference the merchant's own name for it
 * @param currency ISO 4217 code
 * @param amount minor units that the checkout is over
 */
public record PaidCheckout(DocumentId payment, String reference, String currency, long amount) {

  /** Checkouts that are paid. */
  public static final DocumentKind<PaidCheckout> KIND =
      new DocumentKind<>("checkout", PaidCheckout.class, "/paid-checkouts");

  private static final Refusal USED =
      Refusal.conflict("checkout-used", "The checkout is paid already, or about to be.");

  private static final Refusal ORDER_USED =
      Refusal.conflict("order-used", "The order is paid already, or about to be.");

  /** The name of a checkout's one. */
  public static DocumentId idOf(Checkout checkout, ShardMap map) {
    return checkout
        .order()
        .map(order -> idOf(checkout.merchant(), order, map))
        .orElseGet(
            () -> DocumentId.derived(KIND, map.shardOf(checkout.merchant()), checkout.signature()));
  }

  /** The name of the one of a merchant's order. */
  static DocumentId idOf(AccountId merchant, String order, ShardMap map) {
    return DocumentId.derived(KIND, map.shardOf(merchant), "order", merchant.value(), order);
  }

  /** How a checkout is refused that is paid, or whose order is. */
  static Refusal used(Optional<String> order) {
    return order.isPresent() ? ORDER_USED : USED;
  }

  static Claim claim(DocumentId id, DocumentId payment, Checkout checkout) {
    return new Claim(
        Document.of(
            id,
            checkout.merchant(),
            new PaidCheckout(
                payment, checkout.reference(), checkout.currency(), checkout.amount())),
        used(checkout.order()));
  }
}
