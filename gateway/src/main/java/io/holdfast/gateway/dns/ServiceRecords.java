package io.holdfast.gateway.dns;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The records of one service, made once for each snapshot. Only instances that take new requests
 * have any. An instance of weight 0 has none either, unless all have weight 0.
 */
final class ServiceRecords {

  private static final HexFormat HEX = HexFormat.of();

  /** An instance under the name by which its SRV record points to it. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Target(DomainName name, ServiceInstance instance, byte[] address) {
    boolean hasAddress() {
      return address.length > 0;
    }
  }

  private final ServiceSnapshot snapshot;
  private final DomainName name;
  private final int ttl;
  private final List<Target> targets;

  /** By the label in front of the service's name, lower case. */
  private final Map<String, ResourceRecord> addresses = new LinkedHashMap<>();

  /**
   * @param name the service's name in the zone
   * @param ttl in seconds
   */
  ServiceRecords(ServiceSnapshot snapshot, DomainName name, int ttl) {
    this.snapshot = snapshot;
    this.name = name;
    this.ttl = ttl;
    List<ServiceInstance> up = snapshot.up().stream().map(RegisteredInstance::instance).toList();
    List<ServiceInstance> weighted = up.stream().filter(one -> one.weight() > 0).toList();
    this.targets =
        (weighted.isEmpty() ? up : weighted)
            .stream().flatMap(instance -> target(instance).stream()).toList();
    for (Target target : targets) {
      if (target.hasAddress()) {
        addresses.putIfAbsent(
            target.name().labels().get(0),
            ResourceRecord.address(target.name(), ttl, target.address()));
      }
    }
  }

  /** Empty for a host that cannot be named in the DNS. */
  private Optional<Target> target(ServiceInstance instance) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(instance.host());
    if (address != null) {
      return Optional.of(new Target(name.under(HEX.formatHex(address)), instance, address));
    }
    return DomainName.isName(instance.host())
        ? Optional.of(new Target(DomainName.of(instance.host()), instance, new byte[0]))
        : Optional.empty();
  }

  /** What they were made of. */
  ServiceSnapshot snapshot() {
    return snapshot;
  }

  /**
   * Addresses of one family, each once, in an order that changes from answer to answer. An instance
   * that is registered by a host name has none here; its SRV record names the host.
   *
   * @param type A or AAAA
   */
  List<ResourceRecord> addresses(int type) {
    List<ResourceRecord> found = new ArrayList<>();
    for (ResourceRecord address : addresses.values()) {
      if (address.type() == type) {
        found.add(new ResourceRecord(name, type, ttl, address.data()));
      }
    }
    Collections.shuffle(found);
    return found;
  }

  /**
   * One record for each instance that has such a port, in an order that changes from answer to
   * answer.
   *
   * @param owner the name that was asked for
   * @param port its name; empty for the port of an instance that has only one, or else the one
   *     called {@code http}
   */
  List<ResourceRecord> services(DomainName owner, Optional<String> port) {
    List<ResourceRecord> found = new ArrayList<>();
    for (Target target : targets) {
      ServiceInstance instance = target.instance();
      OptionalInt number =
          port.map(named -> named(instance, named)).orElseGet(() -> main(instance));
      if (number.isPresent()) {
        found.add(
            ResourceRecord.srv(owner, ttl, instance.weight(), number.getAsInt(), target.name()));
      }
    }
    Collections.shuffle(found);
    return found;
  }

  /** The port of this name, for which letters of either case are the same. */
  private static OptionalInt named(ServiceInstance instance, String port) {
    return instance.ports().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(port))
        .mapToInt(Map.Entry::getValue)
        .findFirst();
  }

  private static OptionalInt main(ServiceInstance instance) {
    return instance.ports().size() == 1
        ? OptionalInt.of(instance.ports().values().iterator().next())
        : instance.port(ServiceInstance.HTTP);
  }

  /** True if some instance has a port of this name. */
  boolean hasPort(String port) {
    return targets.stream().anyMatch(target -> named(target.instance(), port).isPresent());
  }

  /** The address to which an SRV record points, by the label in front of the service's name. */
  Optional<ResourceRecord> address(String label) {
    return Optional.ofNullable(addresses.get(label));
  }

  /** All of them, for those who were given the SRV records. */
  List<ResourceRecord> addresses() {
    return List.copyOf(addresses.values());
  }
}
