package io.holdfast.payment.http;

/** How nodes are spoken to; in small letters also what their port is called in the registry. */
public enum Scheme {
  /** In clear text. */
  HTTP,
  /** By TLS. */
  HTTPS;

  /** As in a URL. */
  @Override
  public String toString() {
    return this == HTTP ? "http" : "https";
  }
}
