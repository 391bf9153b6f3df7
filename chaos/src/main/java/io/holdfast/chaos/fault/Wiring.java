package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.process.Host;
import java.util.List;
import java.util.Set;

/** How clients and servers of a cluster of processes reach each other. */
interface Wiring extends AutoCloseable {

  /** As in {@link Cluster#provider}. */
  String name();

  /** Where a client's process runs. */
  Host host(String client);

  /** Where all clients reach this process. */
  String driver();

  /** Where the client reaches each server, {@code host:port}, given where the servers listen. */
  List<String> endpoints(String client, List<String> servers);

  /** The links of a client, by server, given where the servers listen. */
  List<Link> links(String client, List<String> servers);

  /** What the first server says to the second, and its answers. */
  Link between(int server, int other);

  /** As {@link Cluster#moveNames}, given where the servers listen. */
  default ActiveFault moveNames(List<String> servers) {
    throw new UnsupportedOperationException("servers have no names");
  }

  /** What it can do. */
  Set<Capability> capabilities();

  @Override
  void close();
}
