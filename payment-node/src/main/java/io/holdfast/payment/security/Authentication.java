package io.holdfast.payment.security;

import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;

/**
 * Finds out who a request comes from: by its API key, {@code Authorization: Bearer hfk_…}, or if it
 * has no such header by the common name of the client certificate, which must be that of a caller.
 * Where both are there, the key says who it is, as when a gateway with a certificate passes on the
 * requests of many callers.
 *
 * <p>What is not believed ends in a {@link DeniedException}. What was shown is never quoted.
 */
public final class Authentication {

  /** What is asked of a request. */
  public enum Mode {
    /** To come from a caller that was added. */
    REQUIRED,
    /**
     * For development: nothing, as long as no caller was ever added. Everybody has every role then,
     * and the name that {@code Authorization: Bearer NAME} gives, so that one may play two
     * operators; without it, {@code anybody}.
     */
    OPEN
  }

  private static final String IDENTITY = "holdfast-caller-identity";
  private static final String BEARER = "bearer ";
  private static final Set<Role> EVERY_ROLE =
      Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR, Role.AUDITOR);
  private static final String ANYBODY = "anybody";

  private final CallerKeys callers;
  private final Mode mode;

  /** By these callers. */
  public Authentication(CallerKeys callers, Mode mode) {
    this.callers = callers;
    this.mode = mode;
  }

  /**
   * For the routes that ask who calls: puts the identity into the context, see {@link #identity}.
   * Throws {@link DeniedException}.
   */
  public Handler<RoutingContext> handler() {
    return context -> {
      context.put(IDENTITY, of(context));
      context.next();
    };
  }

  /**
   * Who calls.
   *
   * @throws IllegalStateException where {@link #handler} was not before
   */
  public static CallerIdentity identity(RoutingContext context) {
    if (context.get(IDENTITY) instanceof CallerIdentity identity) {
      return identity;
    }
    throw new IllegalStateException("nobody has asked who calls here");
  }

  /**
   * Who a request comes from.
   *
   * @throws DeniedException with 401 or 403, or with 503 if this node does not know its callers yet
   */
  public CallerIdentity of(RoutingContext context) {
    return of(
        context.request().headers().getAll("Authorization"),
        certificate(context.request().connection()));
  }

  CallerIdentity of(List<String> authorization, Optional<X500Principal> certificate) {
    if (!callers.areKnown()) {
      throw Denial.notKnownYet().exception();
    }
    if (authorization.size() > 1) {
      throw Denial.ambiguous().exception();
    }
    if (mode == Mode.OPEN && !callers.areInUse()) {
      return anybody(authorization.stream().findFirst().map(Authentication::token).orElse(ANYBODY));
    }
    if (!authorization.isEmpty()) {
      return byKey(token(authorization.get(0)));
    }
    return byCertificate(certificate.orElseThrow(() -> Denial.missing().exception()));
  }

  /**
   * Who a request comes from that another node has passed on, as this node knows the caller now.
   *
   * @param text {@link CallerIdentity#text} of the other node, proven to be from there; may be the
   *     cluster itself, which no caller can be
   * @throws DeniedException with 401 or 403 if the key or the caller is revoked; with 421 if this
   *     node does not know the caller, which may be new
   */
  public CallerIdentity forwarded(String text) {
    if (text.equals(Caller.SYSTEM.name())) {
      return new CallerIdentity(Caller.SYSTEM, Optional.empty());
    }
    String[] parts = text.split("/", 2);
    if (mode == Mode.OPEN && !callers.areInUse() && parts.length == 1) {
      return anybody(text);
    }
    StoredCaller caller =
        callers.named(parts[0]).orElseThrow(() -> Denial.unknownHere().exception());
    if (parts.length == 1) {
      return inForce(caller, Optional.empty());
    }
    StoredKey key = caller.key(parts[1]).orElseThrow(() -> Denial.unknownHere().exception());
    return inForce(caller, Optional.of(key));
  }

  /**
   * Checks that the caller has one of these roles.
   *
   * @throws DeniedException with 403
   */
  public static void requireAny(Caller caller, Set<Role> roles) {
    if (roles.stream().noneMatch(caller.roles()::contains)) {
      throw Denial.roleMissing().exception();
    }
  }

  private static String token(String header) {
    if (!header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw Denial.invalid().exception();
    }
    return header.substring(BEARER.length()).strip();
  }

  private static CallerIdentity anybody(String name) {
    if (name.equals(Caller.SYSTEM.name())) {
      throw Denial.invalid().exception();
    }
    try {
      return new CallerIdentity(new Caller(name, EVERY_ROLE), Optional.empty());
    } catch (IllegalArgumentException e) {
      throw Denial.invalid().exception();
    }
  }

  private CallerIdentity byKey(String token) {
    ApiKey shown = ApiKey.parse(token).orElseThrow(() -> Denial.invalid().exception());
    StoredCaller caller = callers.owning(shown).orElseThrow(() -> Denial.invalid().exception());
    return inForce(caller, caller.key(shown.id()));
  }

  private CallerIdentity byCertificate(X500Principal subject) {
    StoredCaller caller =
        commonName(subject)
            .flatMap(callers::named)
            .orElseThrow(() -> Denial.unknownCertificate().exception());
    return inForce(caller, Optional.empty());
  }

  private static CallerIdentity inForce(StoredCaller caller, Optional<StoredKey> key) {
    if (!caller.inForce()) {
      throw Denial.revokedCaller().exception();
    }
    if (key.flatMap(StoredKey::revoked).isPresent()) {
      throw Denial.revokedKey().exception();
    }
    return new CallerIdentity(caller.caller(), key.map(StoredKey::id));
  }

  /** Empty unless there is exactly one: of two, an authority may have checked only the other. */
  private static Optional<String> commonName(X500Principal subject) {
    try {
      List<Object> names =
          new LdapName(subject.getName())
              .getRdns().stream()
                  .filter(part -> part.getType().equalsIgnoreCase("CN"))
                  .map(Rdn::getValue)
                  .toList();
      return names.size() == 1 && names.get(0) instanceof String name
          ? Optional.of(name)
          : Optional.empty();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private static Optional<X500Principal> certificate(HttpConnection connection) {
    if (!connection.isSsl()) {
      return Optional.empty();
    }
    try {
      return connection.peerCertificates().stream()
          .findFirst()
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .map(X509Certificate::getSubjectX500Principal);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
