package io.holdfast.testkit.fault;

import io.holdfast.testkit.process.Host;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** A network namespace, with an address of its own, for each server and each client. */
final class NetnsWiring implements Wiring {

  private static final int FIRST_CLIENT = 101;

  private final NamespaceNetwork network;
  private final List<Host> servers;

  NetnsWiring(int count) {
    network = NamespaceNetwork.create();
    servers = IntStream.rangeClosed(1, count).mapToObj(i -> network.member("s" + i, i)).toList();
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
    return network
        .find(client)
        .orElseGet(() -> network.member(client, FIRST_CLIENT + network.members()));
  }

  @Override
  public String driver() {
    return network.driver();
  }

  @Override
  public List<String> endpoints(String client, List<String> listening) {
    return listening;
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

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.CUT_CLIENTS, Ability.CUT_SERVERS, Ability.LOSE_PACKETS);
  }

  @Override
  public void close() {
    network.close();
  }
}
