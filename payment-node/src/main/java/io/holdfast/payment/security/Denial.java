package io.holdfast.payment.security;

import java.time.Duration;
import java.util.Map;

/**
 * Why a request is turned away before anything is done, in the terms of RFC 9457. No secret, and
 * nothing of what was shown.
 *
 * @param code for programs; stable
 * @param status the HTTP status
 * @param title the same for all denials of this code
 * @param detail what to do, for people
 * @param headers what the answer says besides
 */
public record Denial(
    String code, int status, String title, String detail, Map<String, String> headers) {

  private static final Map<String, String> CHALLENGE =
      Map.of("WWW-Authenticate", "Bearer realm=\"payments\"");
  private static final Map<String, String> INVALID_TOKEN =
      Map.of("WWW-Authenticate", "Bearer realm=\"payments\", error=\"invalid_token\"");

  public Denial {
    headers = Map.copyOf(headers);
  }

  static Denial missing() {
    return new Denial(
        "credentials-missing",
        401,
        "The caller is not known",
        "Send a header Authorization: Bearer, with your API key.",
        CHALLENGE);
  }

  static Denial ambiguous() {
    return new Denial(
        "credentials-ambiguous",
        401,
        "The caller is not known",
        "Send one header Authorization.",
        CHALLENGE);
  }

  static Denial invalid() {
    return new Denial(
        "credentials-invalid",
        401,
        "The credentials are not valid",
        "The header Authorization holds no API key that this cluster has given out.",
        INVALID_TOKEN);
  }

  static Denial revokedKey() {
    return new Denial(
        "key-revoked",
        401,
        "The API key is revoked",
        "Ask an operator for a new API key.",
        INVALID_TOKEN);
  }

  static Denial revokedCaller() {
    return new Denial(
        "caller-revoked",
        403,
        "The caller is revoked",
        "An operator has revoked this caller; ask there.",
        Map.of());
  }

  static Denial unknownCertificate() {
    return new Denial(
        "certificate-unknown",
        403,
        "The client certificate names no caller",
        "Its common name is none of a caller; ask an operator to add one, or send an API key.",
        Map.of());
  }

  static Denial roleMissing() {
    return new Denial(
        "role-missing",
        403,
        "The caller may not do this",
        "None of the caller's roles allows it; ask an operator.",
        Map.of());
  }

  /** As of a node that is no owner: whoever passed the request on asks again. */
  static Denial unknownHere() {
    return new Denial(
        "caller-unknown-here",
        421,
        "This node does not know the caller yet",
        "The caller may have been added a moment ago; try again.",
        Map.of());
  }

  static Denial notKnownYet() {
    return new Denial(
        "callers-unknown",
        503,
        "The node does not know its callers yet",
        "It has just started; try again. Nothing was done.",
        Map.of("Retry-After", "1"));
  }

  static Denial tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return new Denial(
        "rate-limited",
        429,
        "Too many requests",
        "This caller has sent too many requests; nothing was done. Try again with the same key"
            + " after the time in Retry-After.",
        Map.of("Retry-After", Long.toString(seconds)));
  }

  /** Whether the same request may go otherwise later. */
  public boolean isRetryable() {
    return status == 421 || status == 429 || status == 503;
  }

  DeniedException exception() {
    return new DeniedException(this);
  }
}
