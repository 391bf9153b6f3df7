package io.holdfast.payment.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * Where webhooks may be sent. The owner of an account chooses the address, and the ledger's nodes
 * call it: so it must not lead to what only they can reach.
 */
public enum WebhookTargets {
  /** HTTPS to public addresses. */
  PUBLIC,
  /** That, and HTTP to this very machine: for tests and the demo. */
  PUBLIC_AND_LOOPBACK;

  private static final int LONGEST = 500;
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

  /**
   * An address by its form. Does not block.
   *
   * @throws IllegalArgumentException with a message for the client
   */
  public URI parse(String url) {
    URI uri = wellFormed(url);
    if (!uri.getScheme().equals("https") && this != PUBLIC_AND_LOOPBACK) {
      throw new IllegalArgumentException("a webhook goes to an https address");
    }
    return uri;
  }

  /** As loose as any target is; the form only. */
  static URI wellFormed(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the url is not an address", e);
    }
    boolean https = "https".equals(uri.getScheme());
    boolean local = "http".equals(uri.getScheme()) && isLoopback(uri);
    if (url.length() > LONGEST
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawFragment() != null
        || (!https && !local)) {
      throw new IllegalArgumentException(
          "a webhook goes to an https address of at most "
              + LONGEST
              + " characters, without user and fragment");
    }
    return uri;
  }

  private static boolean isLoopback(URI uri) {
    return uri.getHost() != null && LOOPBACK.contains(uri.getHost());
  }

  /**
   * Looks up where an address leads now. Blocks while it asks the name service. The platform
   * remembers the answer for some seconds, and connects by it.
   *
   * @throws UnknownHostException if it leads nowhere, or somewhere that is not public
   */
  void requireReachable(URI uri) throws UnknownHostException {
    if (uri.getScheme().equals("http")) {
      if (this == PUBLIC_AND_LOOPBACK && isLoopback(uri)) {
        return;
      }
      throw new UnknownHostException("http is not allowed");
    }
    for (InetAddress each : InetAddress.getAllByName(uri.getHost())) {
      if (!isPublic(each)) {
        throw new UnknownHostException("it leads to an address that is not public");
      }
    }
  }

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    boolean uniqueLocal = bytes.length == 16 && (first & 0xfe) == 0xfc;
    boolean shared = bytes.length == 4 && first == 100 && (second & 0xc0) == 64;
    // 0.0.0.0/8 and the reserved rest in version 4; in 6, addresses that stand for one of version
    // 4.
    boolean special = first == 0 || (bytes.length == 4 && first >= 240);
    return !address.isLoopbackAddress()
        && !address.isAnyLocalAddress()
        && !address.isLinkLocalAddress()
        && !address.isSiteLocalAddress()
        && !address.isMulticastAddress()
        && !uniqueLocal
        && !shared
        && !special;
  }
}
