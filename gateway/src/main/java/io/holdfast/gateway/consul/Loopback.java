package io.holdfast.gateway.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Whose loopback it is: {@code 127.0.0.1} is another machine for every gateway but those in the
 * same network namespace.
 */
final class Loopback {

  /** This process's own. */
  static final String NAME = name();

  /** Where clouds answer machines about themselves, if that is not link-local. */
  private static final Set<String> METADATA =
      Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200", "168.63.129.16", "192.0.0.192");

  private Loopback() {}

  private static String name() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + "/"
          + Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    } catch (IOException | UnsupportedOperationException e) {
      return UUID.randomUUID().toString();
    }
  }

  /** Its name, if a client came by it. */
  static Optional<String> of(String client) {
    try {
      return InetAddress.getByName(client).isLoopbackAddress()
          ? Optional.of(NAME)
          : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a check may be made at an address: at a host's own, and at this loopback for a client
   * that came by it.
   */
  static boolean allows(InetAddress address, Optional<String> local) {
    return address.isLoopbackAddress()
        ? local.filter(NAME::equals).isPresent()
        : !address.isAnyLocalAddress()
            && !address.isLinkLocalAddress()
            && !address.isMulticastAddress()
            && !METADATA.contains(address.getHostAddress());
  }
}
