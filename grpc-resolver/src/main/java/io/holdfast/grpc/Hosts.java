package io.holdfast.grpc;

import io.holdfast.registry.RegisteredInstance;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The addresses of hosts. One that had an address keeps it while none can be found: an outage of
 * the name service takes nobody away. For one thread at a time.
 */
final class Hosts {

  /** What knows the addresses; a test has its own. */
  @FunctionalInterface
  interface NameService {
    InetAddress find(String host) throws UnknownHostException;
  }

  private final NameService names;
  private final Map<String, InetAddress> known = new HashMap<>();

  /** By the machine's name service. */
  Hosts() {
    this(InetAddress::getByName);
  }

  Hosts(NameService names) {
    this.names = names;
  }

  /** Forgets all others. */
  void keepOnly(List<RegisteredInstance> wanted) {
    Set<String> hosts =
        wanted.stream().map(one -> one.instance().host()).collect(Collectors.toSet());
    known.keySet().retainAll(hosts);
  }

  /** Blocks for as long as the name service does. */
  Optional<InetAddress> address(String host) {
    try {
      known.put(host, names.find(host));
    } catch (UnknownHostException e) {
      // The one that was found before, if any.
    }
    return Optional.ofNullable(known.get(host));
  }
}
