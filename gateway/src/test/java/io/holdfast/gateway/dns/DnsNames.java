package io.holdfast.gateway.dns;

import java.io.IOException;
import java.net.InetSocketAddress;

/** For tests elsewhere that ask the DNS door. */
public final class DnsNames {

  private DnsNames() {}

  /** The name in the zone that an instance with this IPv4 address has. */
  public static String ofAddress(String address, String service) {
    StringBuilder name = new StringBuilder();
    for (String part : address.split("\\.", 0)) {
      name.append("%02x".formatted(Integer.parseInt(part)));
    }
    return name + "." + service + ".holdfast";
  }

  /** True if the name has an address. */
  public static boolean isThere(InetSocketAddress server, String name) throws IOException {
    return !DnsAsk.udp(server, name, RecordType.A, 0).answers().isEmpty();
  }
}
