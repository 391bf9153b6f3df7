package io.holdfast.gateway.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the DNS door behaves.
 *
 * @param address where it listens, over UDP and TCP; port 0 takes a free one
 * @param zone the name below which the services are, such as {@code holdfast.}
 * @param nameServers the addresses by which others reach this server and its like, for the zone's
 *     NS record; may be empty
 * @param ttl how long others may keep an answer; whole seconds, at most a day. A drain is
 *     acknowledged when it has passed
 * @param negativeTtl how long others may remember that a name or record is not there; likewise
 * @param perSecond how many queries of one network (24 bits of an IPv4 address, 56 of an IPv6 one)
 *     are answered over UDP in a second; beyond, half are told to come by TCP and half are dropped
 * @param connections how many TCP connections may be open at a time
 * @param perSource how many of these one address may have
 * @param patience how long a TCP connection may take for its next query, or to take an answer
 */
public record DnsOptions(
    InetSocketAddress address,
    String zone,
    List<InetAddress> nameServers,
    Duration ttl,
    Duration negativeTtl,
    int perSecond,
    int connections,
    int perSource,
    Duration patience) {

  private static final Duration LONGEST_TTL = Duration.ofDays(1);
  private static final int PER_SECOND = 1_000;
  private static final int CONNECTIONS = 1_024;
  private static final int PER_SOURCE = 64;

  public DnsOptions {
    if (!DomainName.isName(zone)) {
      throw new IllegalArgumentException("the zone is a domain name, such as holdfast.");
    }
    nameServers = List.copyOf(nameServers);
    seconds("ttl", ttl);
    seconds("negative ttl", negativeTtl);
    if (perSecond < 1 || connections < 1 || perSource < 1) {
      throw new IllegalArgumentException("a limit is 1 at least");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("the patience must be positive");
    }
  }

  private static void seconds(String what, Duration given) {
    if (given.isNegative() || given.compareTo(LONGEST_TTL) > 0 || given.toNanosPart() != 0) {
      throw new IllegalArgumentException("the " + what + " is whole seconds, at most a day");
    }
  }

  /**
   * The zone {@code holdfast.}, kept for two seconds and missed for one, with the address as its
   * name server unless it stands for all addresses of this machine.
   */
  public static DnsOptions at(InetSocketAddress address) {
    InetAddress own = address.getAddress();
    return new DnsOptions(
        address,
        "holdfast.",
        own.isAnyLocalAddress() ? List.of() : List.of(own),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        PER_SECOND,
        CONNECTIONS,
        PER_SOURCE,
        Duration.ofSeconds(10));
  }

  /** With another zone. */
  public DnsOptions withZone(String other) {
    return new DnsOptions(
        address, other, nameServers, ttl, negativeTtl, perSecond, connections, perSource, patience);
  }

  /** With other times to keep an answer, and the news that there is none. */
  public DnsOptions withTtl(Duration other, Duration negative) {
    return new DnsOptions(
        address, zone, nameServers, other, negative, perSecond, connections, perSource, patience);
  }

  /** With another number of queries a second of one network. */
  public DnsOptions withPerSecond(int other) {
    return new DnsOptions(
        address, zone, nameServers, ttl, negativeTtl, other, connections, perSource, patience);
  }

  /** With other limits for TCP. */
  public DnsOptions withConnections(int all, int ofOneSource, Duration thePatience) {
    return new DnsOptions(
        address, zone, nameServers, ttl, negativeTtl, perSecond, all, ofOneSource, thePatience);
  }

  int ttlSeconds() {
    return (int) ttl.toSeconds();
  }

  int negativeTtlSeconds() {
    return (int) negativeTtl.toSeconds();
  }
}
