package io.holdfast.payment.security;

import io.holdfast.payment.ledger.Caller;
import java.util.Optional;

/**
 * Who a request comes from, and by what it is known.
 *
 * @param caller who
 * @param keyId the key that was shown; empty for a certificate
 */
public record CallerIdentity(Caller caller, Optional<String> keyId) {

  /**
   * For the node to which the request is passed on, which makes its own of it: see {@link
   * Authentication#forwarded}. No secret.
   */
  public String text() {
    return keyId.map(id -> caller.name() + "/" + id).orElse(caller.name());
  }
}
