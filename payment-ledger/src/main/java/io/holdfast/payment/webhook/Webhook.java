package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.ShardMap;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an account's events are sent; one for each account, in the account's shard.
 *
 * @param url empty if they are sent nowhere
 * @param version of the secret, from 1
 * @param changed when that version began
 */
public record Webhook(Optional<String> url, int version, Instant changed) {

  /** Webhooks. */
  public static final DocumentKind<Webhook> KIND =
      new DocumentKind<>("hook", Webhook.class, "/webhooks");

  /** For so long messages are signed with the secret before as well. */
  static final Duration OVERLAP = Duration.ofDays(1);

  /** The name of an account's one. */
  public static DocumentId idOf(AccountId account, ShardMap map) {
    return DocumentId.derived(KIND, map.shardOf(account), account.value());
  }

  /** What a {@link WebhookSource} answers for it. */
  public Optional<WebhookEndpoint> endpoint(
      AccountId account, WebhookSecrets secrets, Instant now) {
    List<String> valid = new ArrayList<>(List.of(secrets.secret(account, version)));
    if (version > 1 && now.isBefore(changed.plus(OVERLAP))) {
      valid.add(secrets.secret(account, version - 1));
    }
    return url.map(to -> new WebhookEndpoint(URI.create(to), valid));
  }
}
