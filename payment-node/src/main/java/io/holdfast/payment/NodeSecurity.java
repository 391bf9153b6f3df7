package io.holdfast.payment;

import io.holdfast.coordination.security.Credentials;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.Authentication.Mode;
import io.holdfast.payment.security.RateLimits.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may reach a node, and who it is to the coordination store.
 *
 * @param mode what is asked of requests
 * @param rates by role, where they differ from the defaults
 * @param tls how it speaks TLS; empty if it does not
 * @param store its login and trust at the coordination store
 */
public record NodeSecurity(
    Mode mode, Map<Role, Rate> rates, Optional<TlsOptions> tls, Credentials store) {

  public NodeSecurity {
    rates = Map.copyOf(rates);
  }

  /** Callers must be known; no TLS. */
  public static NodeSecurity plain() {
    return new NodeSecurity(Mode.REQUIRED, Map.of(), Optional.empty(), Credentials.none());
  }

  /** For development: everybody may do everything until the first caller is added. */
  public static NodeSecurity insecureOpen() {
    return new NodeSecurity(Mode.OPEN, Map.of(), Optional.empty(), Credentials.none());
  }

  /** With TLS. */
  public NodeSecurity withTls(TlsOptions options) {
    return new NodeSecurity(mode, rates, Optional.of(options), store);
  }

  /** What an operator should know before clients come; for the log. */
  List<String> warnings(Advertised address) {
    List<String> warnings = new ArrayList<>();
    if (mode == Mode.OPEN) {
      warnings.add(
          "--insecure-open: until the first caller is added, everybody who reaches "
              + address.bind()
              + " may do everything");
    }
    if (tls.isEmpty() && !address.isLoopback()) {
      warnings.add(
          "no TLS on "
              + address.bind()
              + ": anybody on the network path can read the callers' keys and act in their name");
    }
    return warnings;
  }
}
