package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.EventQueue;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Ledger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The events of a ledger, as its accounts' {@link Webhook}s want them. */
public final class LedgerWebhooks implements WebhookSource {

  private static final EventQueue.Address ADDRESS = new EventQueue.Address(Webhook.KIND, "url");
  private static final Duration KEPT = Duration.ofDays(30);
  private static final int MOST_KEPT = 10_000;

  private final Ledger ledger;
  private final WebhookSecrets secrets;
  private final InstantSource clock;

  /** Of a ledger. */
  public LedgerWebhooks(Ledger ledger, WebhookSecrets secrets, InstantSource clock) {
    this.ledger = ledger;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public List<AccountId> waiting() {
    return ledger.events().accounts(ADDRESS);
  }

  @Override
  public Optional<WebhookMessage> next(AccountId account) {
    return ledger
        .events()
        .next(account)
        .map(
            each ->
                new WebhookMessage(each.id(), each.account(), each.type(), each.body(), each.at()));
  }

  @Override
  public void delivered(WebhookMessage message) {
    ledger.events().delivered(message.id());
  }

  @Override
  public Optional<WebhookEndpoint> endpoint(AccountId account) {
    return ledger
        .reader()
        .document(Webhook.idOf(account, ledger.map()))
        .map(found -> Json.read(found.body(), Webhook.class))
        .flatMap(webhook -> webhook.endpoint(account, secrets, clock.instant()));
  }

  /**
   * Drops what nobody has asked for: events of accounts without a webhook that are older than 30
   * days, and of each such account all but the latest 10,000. Whoever registers a webhook is told
   * of the rest. Events of an account with a webhook are kept until they are delivered. Blocks.
   *
   * @return how many; if there are any, there may be more
   */
  public int drop() {
    return ledger.events().drop(ADDRESS, clock.instant().minus(KEPT), MOST_KEPT);
  }
}
