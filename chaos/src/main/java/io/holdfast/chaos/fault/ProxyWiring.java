package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.ProxyLink;
import io.holdfast.testkit.process.Host;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything on loopback, with a proxy on each client's way to each server.
 *
 * <p>What servers say to each other goes past the proxies: an etcd server has one address for all
 * its peers, and a ZooKeeper server tells its own to those it elects with. Cutting that takes
 * network namespaces.
 */
final class ProxyWiring implements Wiring {

  /** What any of them can do. */
  static final Set<Capability> CAN =
      Set.of(Capability.CUT_CLIENTS, Capability.DELAY_CLIENTS, Capability.RESET_CLIENTS);

  private final String name;

  /** By client. */
  private final Map<String, List<ProxyLink>> links = new LinkedHashMap<>();

  /** With the name of the provider whose servers these proxies lead to. */
  ProxyWiring(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Host host(String client) {
    return Host.LOOPBACK;
  }

  @Override
  public String driver() {
    return Host.LOOPBACK.address();
  }

  @Override
  public List<String> endpoints(String client, List<String> servers) {
    return proxies(client, servers).stream().map(ProxyLink::endpoint).toList();
  }

  @Override
  public List<Link> links(String client, List<String> servers) {
    return List.copyOf(proxies(client, servers));
  }

  private List<ProxyLink> proxies(String client, List<String> servers) {
    return links.computeIfAbsent(
        client, absent -> servers.stream().map(ProxyWiring::proxy).toList());
  }

  private static ProxyLink proxy(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    return new ProxyLink(
        endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
  }

  @Override
  public Link between(int server, int other) {
    throw new UnsupportedOperationException("no proxies between servers");
  }

  @Override
  public Set<Capability> capabilities() {
    return CAN;
  }

  @Override
  public void close() {
    links.values().forEach(ofClient -> ofClient.forEach(ProxyLink::close));
  }
}
