package io.holdfast.payment;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Secret;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.Authentication.Mode;
import io.holdfast.payment.security.RateLimits.Rate;
import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options for who may reach a node and whom it takes for its coordination store. A password is
 * never on a command line.
 */
final class NodeSecurityOptions {

  private static final String PASSWORD_VARIABLE = "HOLDFAST_PASSWORD";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Speak TLS: the node's certificate and those that lead to its authority, PEM.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of --tls-cert, PEM, PKCS #8.")
  private @Nullable Path key;

  @Option(
      names = "--tls-pkcs12",
      paramLabel = "FILE",
      description = "Speak TLS: certificate and key as one PKCS #12 store, instead of the two.")
  private @Nullable Path pkcs12;

  @Option(
      names = "--tls-password-file",
      paramLabel = "FILE",
      description = "Its first line is the password of --tls-pkcs12.")
  private @Nullable Path pkcs12Password;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "The authorities (PEM) of the other nodes and of clients, instead of those that this JVM"
              + " trusts.")
  private @Nullable Path authorities;

  @Option(
      names = "--client-auth",
      paramLabel = "MODE",
      description =
          "none, request or required: whether clients show a certificate. Its common name is the"
              + " caller unless the request has an API key (${DEFAULT-VALUE}).")
  private String clientAuth = "none";

  @Option(
      names = "--insecure-open",
      description =
          "For development: as long as no caller was ever added, everybody may do everything.")
  private boolean open;

  @Option(
      names = "--rate-limit",
      paramLabel = "ROLE=RATE[:BURST]",
      description =
          "Requests a second, and at once, of each caller with this role, at this node; may be"
              + " given several times.")
  private Map<String, String> rates = Map.of();

  @Option(
      names = "--store-tls-ca",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_CA}",
      description =
          "With +tls in --connect: the authorities (PEM) of its servers; by default"
              + " $HOLDFAST_TLS_CA.")
  private @Nullable Path storeAuthorities;

  @Option(
      names = "--store-tls-cert",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_CERT}",
      description = "Our certificate for the store, PEM; by default $HOLDFAST_TLS_CERT.")
  private @Nullable Path storeCertificate;

  @Option(
      names = "--store-tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_KEY}",
      description = "Its private key, PEM, PKCS #8; by default $HOLDFAST_TLS_KEY.")
  private @Nullable Path storeKey;

  @Option(
      names = "--store-user",
      paramLabel = "NAME",
      defaultValue = "${env:HOLDFAST_USER}",
      description = "Our user at the store; by default $HOLDFAST_USER.")
  private @Nullable String storeUser;

  @Option(
      names = "--store-password-file",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_PASSWORD_FILE}",
      description =
          "Its first line is the user's password; by default $HOLDFAST_PASSWORD_FILE, and without"
              + " one the password is $HOLDFAST_PASSWORD.")
  private @Nullable Path storePassword;

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if they do not make sense together; no file is read yet
   */
  NodeSecurity read() {
    return new NodeSecurity(mode(), rates(), tls(), store());
  }

  /**
   * How the node speaks TLS; empty if it does not.
   *
   * @throws IllegalArgumentException if the options do not make sense together
   */
  Optional<TlsOptions> tls() {
    ClientAuth clients = clients();
    Optional<TlsIdentity> identity = identity();
    if (identity.isEmpty() && (clients != ClientAuth.NONE || authorities != null)) {
      throw new IllegalArgumentException(
          "--tls-ca and --client-auth are of TLS: give --tls-cert and --tls-key, or --tls-pkcs12");
    }
    if (clients != ClientAuth.NONE && authorities == null) {
      throw new IllegalArgumentException(
          "--client-auth needs --tls-ca, the authority that signs the clients' certificates");
    }
    return identity.map(own -> new TlsOptions(own, Optional.ofNullable(authorities), clients));
  }

  private Optional<TlsIdentity> identity() {
    if (pkcs12 != null) {
      if (certificate != null || key != null) {
        throw new IllegalArgumentException(
            "give either --tls-pkcs12, or --tls-cert and --tls-key, not both");
      }
      if (pkcs12Password == null) {
        throw new IllegalArgumentException("--tls-pkcs12 needs --tls-password-file");
      }
      return Optional.of(new TlsIdentity.Pkcs12(pkcs12, Secret.fromFile(pkcs12Password)));
    }
    if (pkcs12Password != null) {
      throw new IllegalArgumentException(
          "--tls-password-file is of --tls-pkcs12, and that is missing");
    }
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new IllegalArgumentException("give --tls-cert and --tls-key together");
    }
    return Optional.of(new TlsIdentity.Pem(new ClientCertificate(certificate, key)));
  }

  private ClientAuth clients() {
    return switch (clientAuth.toLowerCase(Locale.ROOT)) {
      case "none" -> ClientAuth.NONE;
      case "request" -> ClientAuth.REQUEST;
      case "required" -> ClientAuth.REQUIRED;
      default -> throw new IllegalArgumentException("--client-auth is none, request or required");
    };
  }

  /**
   * Who we are to the coordination store.
   *
   * @throws IllegalArgumentException if the options do not make sense together
   */
  Credentials store() {
    Credentials credentials = Credentials.none();
    if (storeAuthorities != null) {
      credentials = credentials.withAuthorities(storeAuthorities);
    }
    if (storeCertificate != null && storeKey != null) {
      credentials = credentials.withCertificate(storeCertificate, storeKey);
    } else if (storeCertificate != null || storeKey != null) {
      throw new IllegalArgumentException("give --store-tls-cert and --store-tls-key together");
    }
    if (storeUser != null) {
      return credentials.withLogin(
          storeUser,
          storePassword == null
              ? Secret.fromEnvironment(PASSWORD_VARIABLE)
              : Secret.fromFile(storePassword));
    }
    if (storePassword != null) {
      throw new IllegalArgumentException(
          "whose password is in --store-password-file? Give --store-user too");
    }
    return credentials;
  }

  /** What is asked of requests. */
  Mode mode() {
    return open ? Mode.OPEN : Mode.REQUIRED;
  }

  /**
   * The rates that differ from {@link io.holdfast.payment.security.RateLimits#DEFAULTS}.
   *
   * @throws IllegalArgumentException if there is no such role, or it is no rate
   */
  Map<Role, Rate> rates() {
    Map<Role, Rate> read = new EnumMap<>(Role.class);
    rates.forEach((role, rate) -> read.put(role(role), Rate.parse(rate)));
    return read;
  }

  private static Role role(String name) {
    for (Role role : Role.values()) {
      if (role != Role.SYSTEM && role.name().equalsIgnoreCase(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "--rate-limit is for customer, merchant, operator or auditor");
  }
}
