package io.holdfast.spi.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Why a handshake failed, in words that say what to do. */
public final class TlsProblem {

  /** What to say of a server that ends the connection instead of the handshake. */
  public static final String CUT_OFF =
      "it closes the connection at the first word of TLS; if it does not speak TLS, leave +tls out of"
          + " the address";

  private static final int DEEPEST = 20;
  private static final Pattern OTHER_HOST =
      Pattern.compile("(?i)no (subject alternative|name matching|subject alternative dns name).*");
  private static final Pattern NOT_TLS =
      Pattern.compile("(?i).*(not an ssl/tls record|unsupported or unrecognized ssl message).*");
  private static final Pattern OUR_CERTIFICATE =
      Pattern.compile(
          "(?i).*received fatal alert: (certificate_required|bad_certificate|unknown_ca"
              + "|certificate_unknown|certificate_expired|handshake_failure|access_denied).*");

  private TlsProblem() {}

  /**
   * Reads it from a failure and what that came from.
   *
   * @param server as in the address, for the message
   * @return empty if the failure is none of TLS
   */
  public static Optional<String> explain(Throwable failure, String server) {
    Throwable cause = failure;
    Optional<String> outermost = Optional.empty();
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      Optional<String> found = explainOne(cause, server);
      if (found.isPresent()) {
        outermost = found;
      }
      cause = cause.getCause();
    }
    return outermost;
  }

  private static Optional<String> explainOne(Throwable cause, String server) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof CertificateExpiredException
        || cause instanceof CertificateNotYetValidException) {
      return Optional.of("the certificate of " + server + " has expired or is not valid yet");
    }
    if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
      return Optional.of(
          "the certificate of "
              + server
              + " is not signed by anyone we trust: give the PEM file of the cluster's authority"
              + " (Credentials.withAuthorities, --tls-ca)");
    }
    if (OTHER_HOST.matcher(message).matches()) {
      return Optional.of(
          "the certificate of "
              + server
              + " is for other hosts: connect by a name that it lists, or have one made that lists"
              + " this name");
    }
    if (NOT_TLS.matcher(message).matches()) {
      return Optional.of(noTls(server));
    }
    if (OUR_CERTIFICATE.matcher(message).matches()) {
      return Optional.of(
          server
              + " wants a client certificate that it trusts ("
              + message.substring(message.lastIndexOf(' ') + 1).toLowerCase(Locale.ROOT)
              + "): give one with its key (Credentials.withCertificate, --tls-cert and --tls-key)");
    }
    return Optional.empty();
  }

  static String noTls(String server) {
    return server + " does not speak TLS: name its TLS port, or leave +tls out of the address";
  }

  /** What to say to a plain client of a port that speaks TLS. */
  public static String onlyTls(String server) {
    return server
        + " speaks TLS only: put +tls behind the scheme of the address, as in etcd+tls://";
  }
}
