package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.LedgerIdentity;

/**
 * The secrets by which webhooks are signed. They are computed and stored nowhere: whoever reads the
 * ledger's tables, its journal or a backup finds none. A new version of an account's secret is a
 * new secret, and tells nothing of the others.
 */
public final class WebhookSecrets {

  private final LedgerIdentity key;

  /**
   * By a key.
   *
   * @param key the same in all nodes and after a restart; another one makes every secret invalid.
   *     Best of a secret that is not in the database
   */
  public WebhookSecrets(LedgerIdentity key) {
    this.key = key;
  }

  /** One of an account's, from version 1. */
  public String secret(AccountId account, int version) {
    return "whsec_" + key.sign("webhook-secret", account.value(), Integer.toString(version));
  }
}
