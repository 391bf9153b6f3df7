package io.holdfast.chaos.fault;

import io.holdfast.testkit.process.Host;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small network inside this machine, for root on Linux: each member a network namespace with an
 * address of its own, all on one bridge, and this process on it too.
 *
 * <pre>
 *   member s1     member s2     hub                         this process
 *   10.N.N.1      10.N.N.2      bridge, no address          10.N.N.254
 *      |             |             |                           |
 *      +--- veth ----+--- veth ----+----------- veth ----------+
 * </pre>
 *
 * <p>The bridge has a namespace of its own, for the machine's packet filter, Docker's say, is not
 * asked there. Members are parted with iproute2 alone.
 */
final class NamespaceNetwork implements AutoCloseable {

  /** The interface of each member. */
  static final String DEVICE = "eth0";

  private static final int SUBNETS = 100 * 256;

  /** As many as two digits to base 36 tell apart. */
  private static final int NUMBERS = 36 * 36;

  /** Begins anywhere, since one that was killed may have left its namespaces behind. */
  private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

  /** Those of this process's networks. */
  private static final Set<String> TAKEN = new HashSet<>();

  private static final Logger LOG = LoggerFactory.getLogger(NamespaceNetwork.class);

  private final String prefix;
  private final String subnet;
  private final Map<String, Host> members = new LinkedHashMap<>();

  private NamespaceNetwork(String prefix, String subnet) {
    this.prefix = prefix;
    this.subnet = subnet;
  }

  /** True if this process may make namespaces, and the kernel filters packets there. */
  static boolean isPossible() {
    String probe = "hfp" + ProcessHandle.current().pid();
    try {
      Shell.run("ip netns add " + probe);
      try {
        Shell.run("ip -n " + probe + " link add br0 type bridge");
        Shell.run(NetnsLink.preparation(probe, "br0"));
        List<String> filter =
            new ArrayList<>(
                List.of("tc -n %s filter add dev br0 ingress".formatted(probe).split(" ", -1)));
        filter.addAll(List.of("protocol", "ip", "bpf", "direct-action", "bytecode"));
        filter.add(NetnsLink.program("127.0.0.1", 0));
        Shell.run(filter);
        Shell.run("ip netns exec " + probe + " ss -HnKt src 127.0.0.1");
        return true;
      } finally {
        Shell.run("ip netns del " + probe);
      }
    } catch (IllegalStateException e) {
      LOG.info("no network namespaces here: {}", e.getMessage());
      return false;
    }
  }

  /** Makes one with no members. */
  static NamespaceNetwork create() {
    long pid = ProcessHandle.current().pid();
    // Interfaces have at most 15 characters.
    int number = Math.floorMod(NEXT.getAndIncrement(), NUMBERS);
    String prefix = "hf" + Long.toString(pid, 36) + Integer.toString(number, 36);
    NamespaceNetwork network = new NamespaceNetwork(prefix, takeSubnet(pid));
    try {
      network.makeHub();
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** One that no interface of the machine is in; processes begin their search at different ones. */
  private static String takeSubnet(long pid) {
    synchronized (TAKEN) {
      for (long i = pid; i < pid + SUBNETS; i++) {
        String subnet = "10.%d.%d.".formatted(128 + i / 256 % 100, i % 256);
        if (!isInUse(subnet) && TAKEN.add(subnet)) {
          return subnet;
        }
      }
    }
    throw new IllegalStateException("every subnet from 10.128.0.0 to 10.227.255.0 is in use");
  }

  private static boolean isInUse(String subnet) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(address -> address.getHostAddress().startsWith(subnet));
    } catch (SocketException e) {
      throw new UncheckedIOException("cannot list the network interfaces", e);
    }
  }

  private void makeHub() {
    Shell.run("ip netns add " + hub());
    Shell.run("ip -n " + hub() + " link add br0 type bridge");
    Shell.run("ip -n " + hub() + " link set br0 up");
    Shell.run("ip link add " + prefix + " type veth peer name driver netns " + hub());
    Shell.run("ip -n " + hub() + " link set driver master br0 up");
    Shell.run("ip addr add " + driver() + "/24 dev " + prefix);
    Shell.run("ip link set " + prefix + " up");
  }

  private String hub() {
    return prefix + "-hub";
  }

  /** Where members reach this process. */
  String driver() {
    return subnet + "254";
  }

  /** How many members it has. */
  int members() {
    return members.size();
  }

  /** A member that is there. */
  Optional<Host> find(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** The namespace of a member. */
  String namespace(String name) {
    return prefix + "-" + name;
  }

  /** Adds a member with the last part of its address. */
  Host member(String name, int number) {
    String namespace = namespace(name);
    String address = subnet + number;
    Shell.run("ip netns add " + namespace);
    Host host = new Host(address, List.of("ip", "netns", "exec", namespace));
    members.put(name, host);
    Shell.run(
        "ip -n %s link add %s type veth peer name to%d netns %s"
            .formatted(namespace, DEVICE, number, hub()));
    Shell.run("ip -n %s link set to%d master br0 up".formatted(hub(), number));
    Shell.run("ip -n %s addr add %s/24 dev %s".formatted(namespace, address, DEVICE));
    Shell.run("ip -n %s link set %s up".formatted(namespace, DEVICE));
    Shell.run(NetnsLink.preparation(namespace, DEVICE));
    Shell.run("ip -n %s link set lo up".formatted(namespace));
    return host;
  }

  /** Takes the namespaces away, and the interfaces with them. */
  @Override
  public void close() {
    members.keySet().forEach(name -> remove(namespace(name)));
    members.clear();
    remove(hub());
    synchronized (TAKEN) {
      TAKEN.remove(subnet);
    }
  }

  private static void remove(String namespace) {
    try {
      Shell.run("ip netns del " + namespace);
    } catch (IllegalStateException e) {
      LOG.warn("a network namespace is left behind: {}", namespace, e);
    }
  }
}
