package io.holdfast.gateway.xds;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of hosts that are names, since clients of xDS look up no names of endpoints. Asking
 * never blocks: it tells what is known, and a look-up goes on elsewhere.
 *
 * <p>A host keeps its address while that is among those that it has, so that an order that changes
 * with each look-up changes nothing; and it keeps the last one while the name service fails.
 */
final class HostAddresses {

  private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

  /** Names that have an answer are looked up again at each of so many calls of refresh. */
  private static final int ROUNDS = 6;

  /** All addresses of a name; blocks. */
  @FunctionalInterface
  interface Resolver {
    List<String> look(String host) throws UnknownHostException;

    /** That of the machine. */
    static List<String> ofTheMachine(String host) throws UnknownHostException {
      return Arrays.stream(InetAddress.getAllByName(host))
          .map(InetAddress::getHostAddress)
          .toList();
    }
  }

  /** What is known of a name. Guarded by the monitor of the whole. */
  private static final class Host {
    private Optional<String> address = Optional.empty();
    private boolean looking;
    private boolean lookedUp;
    private boolean failed;
    private final Set<String> services = new HashSet<>();
  }

  private final Resolver resolver;
  private final Executor threads;
  private final Consumer<Set<String>> changed;

  /** Guarded by this. */
  private final Map<String, Host> hosts = new HashMap<>();

  /** Guarded by this. */
  private int round;

  /**
   * Knows nothing yet.
   *
   * @param threads for look-ups, which block
   * @param changed told, on one of them, which services have a host with another address
   */
  HostAddresses(Resolver resolver, Executor threads, Consumer<Set<String>> changed) {
    this.resolver = resolver;
    this.threads = threads;
    this.changed = changed;
  }

  /** The address of a host of this service; empty if none is known. */
  Optional<String> of(String service, String host) {
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return literal(host);
    }
    synchronized (this) {
      Host there = hosts.computeIfAbsent(host, none -> new Host());
      there.services.add(service);
      if (!there.lookedUp) {
        look(host, there);
      }
      return there.address;
    }
  }

  /** True once each of these has been looked up, or is no name, or it has taken too long. */
  synchronized boolean areLookedUp(String service, Iterable<String> names) {
    boolean all = true;
    for (String name : names) {
      of(service, name);
      Host there = hosts.get(name);
      all &= there == null || there.lookedUp;
    }
    return all;
  }

  private static Optional<String> literal(String host) {
    try {
      return Optional.of(InetAddress.getByName(host).getHostAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /**
   * To be called every few seconds: forgets names that nobody has, waits no longer for the others,
   * and looks up again those that have no answer, and at each sixth call all.
   */
  void refresh(Predicate<String> inUse) {
    Set<String> waiting = new HashSet<>();
    synchronized (this) {
      round = (round + 1) % ROUNDS;
      hosts.keySet().removeIf(inUse.negate());
      hosts.forEach(
          (name, host) -> {
            if (!host.lookedUp) {
              host.lookedUp = true;
              waiting.addAll(host.services);
            }
            if (round == 0 || host.failed || host.address.isEmpty()) {
              look(name, host);
            }
          });
    }
    if (!waiting.isEmpty()) {
      changed.accept(waiting);
    }
  }

  private void look(String name, Host host) {
    if (!host.looking) {
      host.looking = true;
      threads.execute(() -> take(name, host, lookUp(name)));
    }
  }

  private List<String> lookUp(String name) {
    try {
      return resolver.look(name);
    } catch (UnknownHostException | RuntimeException e) {
      LOG.debug("no addresses of {}", name, e);
      return List.of();
    }
  }

  private void take(String name, Host host, List<String> found) {
    Set<String> services = Set.of();
    synchronized (this) {
      Optional<String> before = host.address;
      if (!found.isEmpty() && before.filter(found::contains).isEmpty()) {
        host.address = Optional.of(found.get(0));
      }
      if (found.isEmpty() && !host.failed) {
        LOG.warn(
            "the host {} of {} is not found: {}",
            name,
            host.services,
            before.map(last -> "its last address stays, " + last).orElse("it is left out"));
      }
      host.failed = found.isEmpty();
      if (!host.lookedUp || !before.equals(host.address)) {
        services = Set.copyOf(host.services);
      }
      host.lookedUp = true;
      host.looking = false;
    }
    if (!services.isEmpty()) {
      changed.accept(services);
    }
  }
}
