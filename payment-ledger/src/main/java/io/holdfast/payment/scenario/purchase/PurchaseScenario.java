package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.webhook.RegisterWebhook;
import io.holdfast.payment.webhook.Webhook;
import io.holdfast.payment.webhook.WebhookSecrets;
import io.holdfast.payment.webhook.WebhookTargets;
import java.util.List;

/**
 * Online payment, as payment service providers do it:
 *
 * <ol>
 *   <li>an operator agrees fees with a merchant ({@link SetMerchantTerms});
 *   <li>the merchant makes a {@link Checkout} for an order and hands it to the payer, say on its
 *       web page ({@link CreateCheckout}, in the merchant's shard);
 *   <li>the payer authorises it: the money is held, or goes to the merchant at once ({@link
 *       AuthorisePayment}, in the payer's shard, where the {@link Payment} then lives), and the
 *       checkout is taken ({@link PaidCheckout}, in the merchant's shard);
 *   <li>the merchant captures, cancels or refunds ({@link CapturePayment}, {@link CancelPayment},
 *       {@link RefundPayment}, in the payer's shard, with the money going to or coming from the
 *       merchant's); what nobody captures expires ({@link ExpirePayment});
 *   <li>once a day what the merchant's account took is paid out, less fees ({@link SettleDay}, in
 *       the merchant's shard).
 * </ol>
 *
 * <p>The merchant is told of each step by events of its account: {@code payment.authorised}, {@code
 * payment.captured}, {@code payment.cancelled}, {@code payment.expired}, {@code payment.refunded}
 * and {@code settlement.made}.
 */
public final class PurchaseScenario implements Scenario {

  private final CreateCheckout createCheckout;
  private final AuthorisePayment authorise;
  private final CapturePayment capture = new CapturePayment();
  private final CancelPayment cancel = new CancelPayment();
  private final RefundPayment refund = new RefundPayment();
  private final ExpirePayment expire = new ExpirePayment();
  private final SetMerchantTerms terms;
  private final SettleDay settle;
  private final RegisterWebhook webhook;
  private final TakingsSource takings;

  /** With webhooks to public addresses only. */
  public PurchaseScenario(ShardMap map, LedgerIdentity identity, TakingsSource takings) {
    this(map, identity, WebhookTargets.PUBLIC, takings);
  }

  /**
   * Of a ledger.
   *
   * @param identity signs checkouts, and makes the secrets of webhooks; the same in all nodes, and
   *     after a restart
   * @param targets where webhooks may go
   * @param takings reads what is to be settled
   */
  public PurchaseScenario(
      ShardMap map, LedgerIdentity identity, WebhookTargets targets, TakingsSource takings) {
    this.createCheckout = new CreateCheckout(map, identity);
    this.authorise = new AuthorisePayment(map, identity);
    this.terms = new SetMerchantTerms(map);
    this.settle = new SettleDay(map);
    this.webhook = new RegisterWebhook(map, new WebhookSecrets(identity), targets);
    this.takings = takings;
  }

  @Override
  public String name() {
    return "online payment";
  }

  @Override
  public List<Operation<?>> operations() {
    return List.of(
        terms, createCheckout, authorise, capture, cancel, refund, expire, settle, webhook);
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(Payment.KIND, PaidCheckout.KIND, Merchant.KIND, Settlement.KIND, Webhook.KIND);
  }

  @Override
  public List<DueWork<?>> work() {
    return List.of(new PaymentWork(expire), new SettlementWork(settle, takings));
  }

  @Override
  public List<AuditRule> audit() {
    return PurchaseAudit.RULES;
  }
}
