package io.holdfast.cli.kubernetes;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address that an EndpointSlice may have.
 *
 * @param family which of the two
 * @param text IPv4 with dots, IPv6 in the one form of RFC 5952, so that texts can be compared
 */
record IpAddress(Family family, String text) {

  /** As an EndpointSlice calls it. */
  enum Family {
    IPV4("IPv4"),
    IPV6("IPv6");

    private final String addressType;

    Family(String addressType) {
      this.addressType = addressType;
    }

    String addressType() {
      return addressType;
    }
  }

  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final int GROUPS = 8;

  /** Empty for a name, and for what Kubernetes refuses: loopback, link-local, multicast, none. */
  static Optional<IpAddress> parse(String host) {
    if (!IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      // No name, so nothing is looked up.
      InetAddress address = InetAddress.getByName(host);
      if (address.isAnyLocalAddress()
          || address.isLoopbackAddress()
          || address.isLinkLocalAddress()
          || address.isMulticastAddress()) {
        return Optional.empty();
      }
      return address instanceof Inet4Address
          ? Optional.of(new IpAddress(Family.IPV4, address.getHostAddress()))
          : Optional.of(new IpAddress(Family.IPV6, canonical((Inet6Address) address)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** The longest run of zeros, if it is longer than one group, is written as two colons. */
  private static String canonical(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > length) {
        start = i;
        length = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (length > 1 && i == start) {
        text.append("::");
        i += length - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
