package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import java.util.List;
import java.util.Optional;

/**
 * The events that are still to be sent, of the shards that this node owns. The methods may block,
 * and may throw what they like: then it is tried again. They are called by several threads, for one
 * account by one at a time.
 */
public interface WebhookSource {

  /** Accounts that have a webhook and something to be sent; who waits longest first. */
  List<AccountId> waiting();

  /** The first event of an account that was not delivered; the same until it is. */
  Optional<WebhookMessage> next(AccountId account);

  /** The account's server has it. */
  void delivered(WebhookMessage message);

  /** Where an account's events go now; empty if nowhere. */
  Optional<WebhookEndpoint> endpoint(AccountId account);
}
