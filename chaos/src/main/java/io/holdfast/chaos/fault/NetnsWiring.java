package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.Link.Direction;
import io.holdfast.testkit.network.ProxyLink;
import io.holdfast.testkit.process.Host;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A network namespace, with an address of its own, for each server and each client. Clients know
 * servers by names where this process may give them some, by addresses otherwise.
 */
final class NetnsWiring implements Wiring {

  private static final int FIRST_CLIENT = 101;

  private final NamespaceNetwork network;
  private final List<Host> servers;
  private final boolean named = HostNames.isPossible();

  /** By client. */
  private final Map<String, HostNames> names = new LinkedHashMap<>();

  NetnsWiring(int count) {
    network = NamespaceNetwork.create();
    servers = IntStream.range(0, count).mapToObj(i -> network.member(name(i), i + 1)).toList();
  }

  private static String name(int server) {
    return "s" + (server + 1);
  }

  List<Host> servers() {
    return servers;
  }

  @Override
  public String name() {
    return "netns";
  }

  @Override
  public Host host(String client) {
    return network.find(client).orElseGet(() -> newHost(client));
  }

  private Host newHost(String client) {
    if (named) {
      HostNames itsNames = new HostNames(network.namespace(client));
      itsNames.lead(addresses());
      names.put(client, itsNames);
    }
    return network.member(client, FIRST_CLIENT + network.members());
  }

  private Map<String, String> addresses() {
    Map<String, String> addresses = new LinkedHashMap<>();
    IntStream.range(0, servers.size())
        .forEach(i -> addresses.put(name(i), servers.get(i).address()));
    return addresses;
  }

  @Override
  public String driver() {
    return network.driver();
  }

  @Override
  public List<String> endpoints(String client, List<String> listening) {
    if (!named) {
      return listening;
    }
    return IntStream.range(0, servers.size())
        .mapToObj(i -> name(i) + ":" + port(listening.get(i)))
        .toList();
  }

  private static int port(String endpoint) {
    return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
  }

  @Override
  public List<Link> links(String client, List<String> listening) {
    Host host = host(client);
    return servers.stream().map(server -> (Link) new NetnsLink(host, server)).toList();
  }

  @Override
  public Link between(int server, int other) {
    return new NetnsLink(servers.get(server), servers.get(other));
  }

  /** To this process, where proxies stand in for the servers on the same ports. */
  @Override
  public ActiveFault moveNames(List<String> listening) {
    List<ProxyLink> proxies =
        listening.stream().map(endpoint -> proxy(endpoint, port(endpoint))).toList();
    List<Link> old =
        names.keySet().stream().flatMap(client -> links(client, listening).stream()).toList();
    Map<String, String> moved = addresses();
    moved.replaceAll((name, address) -> network.driver());
    names.values().forEach(each -> each.lead(moved));
    old.forEach(link -> Set.of(Direction.values()).forEach(link::cut));
    return new ActiveFault(
        "moved the names of all servers to " + network.driver(),
        () -> proxies.stream().mapToInt(ProxyLink::accepted).sum() >= names.size(),
        () -> {
          names.values().forEach(each -> each.lead(addresses()));
          old.forEach(Link::heal);
          proxies.forEach(ProxyLink::close);
        });
  }

  private ProxyLink proxy(String endpoint, int port) {
    String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
    return new ProxyLink(new InetSocketAddress(network.driver(), port), host, port);
  }

  @Override
  public Set<Capability> capabilities() {
    return can();
  }

  /** What any of them can do. */
  static Set<Capability> can() {
    Set<Capability> capabilities =
        EnumSet.of(
            Capability.CUT_CLIENTS,
            Capability.RESET_CLIENTS,
            Capability.CUT_SERVERS,
            Capability.LOSE_PACKETS);
    if (HostNames.isPossible()) {
      capabilities.add(Capability.MOVE_NAMES);
    }
    return capabilities;
  }

  @Override
  public void close() {
    network.close();
    names.values().forEach(HostNames::close);
  }
}
