package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a merchant wants to be paid, signed by the ledger: the merchant hands it to the payer, who
 * presents it with {@link AuthorisePayment}.
 *
 * <p>The merchant's account may be in another shard than the payer's, where nobody can look at it.
 * So the ledger looks at it here, when the merchant asks, and the signature carries what it has
 * seen to the payer's shard: who owns the account, and that it is in this currency. A payer can
 * change nothing of it, in particular not who may capture and refund. It is no secret: whoever has
 * it can only pay the merchant.
 *
 * @param merchant the account to pay into
 * @param merchantOwner who may capture, cancel and refund
 * @param amount minor units, more than zero
 * @param currency ISO 4217 code
 * @param reference the merchant's own name for it, such as an order number
 * @param order the merchant's order that it is for; of all checkouts for one order one is paid
 * @param capture when the money moves
 * @param holdHours how long it can be captured after it was authorised
 * @param payableUntil when it can no longer be authorised
 * @param signature of the ledger, over everything else
 */
public record Checkout(
    AccountId merchant,
    String merchantOwner,
    long amount,
    String currency,
    String reference,
    Optional<String> order,
    CaptureMode capture,
    int holdHours,
    Instant payableUntil,
    String signature) {

  static final int MOST_HOLD_HOURS = 30 * 24;

  private static final String NAME = "[A-Za-z0-9._:/#-]{1,64}";

  public Checkout {
    Caller.of(merchantOwner, Role.MERCHANT);
    if (Money.of(amount, currency).minorUnits() == 0) {
      throw new IllegalArgumentException("a payment is over more than zero");
    }
    if (!reference.matches(NAME) || order.filter(name -> !name.matches(NAME)).isPresent()) {
      throw new IllegalArgumentException(
          "a reference or an order is 1 to 64 letters, digits or characters out of . _ : / # -");
    }
    if (holdHours < 1 || holdHours > MOST_HOLD_HOURS) {
      throw new IllegalArgumentException(
          "money is held for 1 to " + MOST_HOLD_HOURS + " hours until it is captured");
    }
    if (signature.length() > 64) {
      throw new IllegalArgumentException("not a signature of this ledger");
    }
  }

  Money money() {
    return Money.of(amount, currency);
  }

  /** The same, signed. */
  Checkout signedBy(LedgerIdentity identity) {
    return new Checkout(
        merchant,
        merchantOwner,
        amount,
        currency,
        reference,
        order,
        capture,
        holdHours,
        payableUntil,
        identity.sign(signed()));
  }

  boolean isSignedBy(LedgerIdentity identity) {
    return identity.verify(signature, signed());
  }

  private String[] signed() {
    List<String> all =
        new ArrayList<>(
            List.of(
                "payment-checkout",
                merchant.value(),
                merchantOwner,
                Long.toString(amount),
                currency,
                reference,
                capture.name(),
                Integer.toString(holdHours),
                payableUntil.toString()));
    order.ifPresent(all::add); // Without an order it is signed as it was before there were orders.
    return all.toArray(String[]::new);
  }
}
