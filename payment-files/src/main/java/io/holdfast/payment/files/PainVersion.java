package io.holdfast.payment.files;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of the message pain.001 that are understood, and of pain.002 that answers each. */
enum PainVersion {
  V03("03", "pain.002.001.03"),
  V09("09", "pain.002.001.10");

  /**
   * Countries and banks have namespaces of their own for the same message, such as {@code
   * urn:iso:std:iso:20022:tech:xsd:pain.001.003.03} or one that ends with {@code
   * pain.001.001.03.ch.02.xsd}.
   */
  private static final Pattern NAMED =
      Pattern.compile("(?:^|[^a-z0-9])(pain\\.001\\.[0-9]{3}\\.([0-9]{2}))(?![0-9])");

  private final String number;
  private final String report;

  PainVersion(String number, String report) {
    this.number = number;
    this.report = report;
  }

  /** The version that a namespace names; empty if it names another one or none. */
  static Optional<PainVersion> of(String namespace) {
    Matcher named = NAMED.matcher(namespace);
    if (named.find()) {
      for (PainVersion each : values()) {
        if (each.number.equals(named.group(2))) {
          return Optional.of(each);
        }
      }
    }
    return Optional.empty();
  }

  /** The message's name as in the namespace, variant included. */
  static String messageName(String namespace) {
    Matcher named = NAMED.matcher(namespace);
    return named.find() ? named.group(1) : "pain.001";
  }

  /** Which pain.002 reports on it. */
  String report() {
    return report;
  }
}
