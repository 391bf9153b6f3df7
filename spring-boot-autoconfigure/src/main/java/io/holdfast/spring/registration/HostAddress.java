package io.holdfast.spring.registration;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.stream.Stream;

/** The address under which other machines probably reach this one. */
final class HostAddress {

  private static final String LOOPBACK = "127.0.0.1";

  private HostAddress() {}

  /**
   * The first IPv4 address of the first network interface that is up, by the interfaces' index;
   * loopback if there is none.
   */
  static String find() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(HostAddress::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(Inet4Address.class::isInstance)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElse(LOOPBACK);
    } catch (SocketException e) {
      return LOOPBACK;
    }
  }

  /** As others write it: without the scope of an IPv6 address. */
  static String text(InetAddress address) {
    return Stream.of(address.getHostAddress().split("%", 2)).findFirst().orElse(LOOPBACK);
  }

  private static boolean isUp(NetworkInterface there) {
    try {
      return there.isUp() && !there.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }
}
