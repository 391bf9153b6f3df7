package io.holdfast.payment.webhook;

import java.net.URI;
import java.util.List;

/**
 * Where to send, and by which secrets to sign.
 *
 * @param url https, or http to this very machine
 * @param secrets the valid ones, the newest first; at least one
 */
public record WebhookEndpoint(URI url, List<String> secrets) {

  public WebhookEndpoint {
    WebhookTargets.wellFormed(url.toString());
    secrets = List.copyOf(secrets);
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("a message without a signature is sent nowhere");
    }
  }

  /** Without the secrets, and without what may be secret in the address. */
  @Override
  public String toString() {
    return url.getScheme() + "://" + url.getAuthority();
  }
}
