package io.holdfast.gateway.consul;

import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An instance as a client of Consul sees it. Every instance is on a node of its own host.
 *
 * @param registered as the registry has it
 * @param note what a client of Consul said of it, if one registered it
 */
record ConsulInstance(RegisteredInstance registered, Optional<ConsulNote> note) {

  /** One of its checks. */
  record Check(String id, String name, CheckStatus status, String notes, String output) {}

  static ConsulInstance of(RegisteredInstance registered) {
    return new ConsulInstance(registered, ConsulNote.of(registered.instance()));
  }

  ServiceInstance instance() {
    return registered.instance();
  }

  /** The tags in the client's spelling, or ours. */
  List<String> tags() {
    return note.map(ConsulNote::tags).orElseGet(() -> new ArrayList<>(instance().tags()));
  }

  /** The port called {@code http}, or else the first; 0 for none. */
  int port() {
    return instance()
        .port(ServiceInstance.HTTP)
        .orElseGet(() -> instance().ports().values().stream().findFirst().orElse(0));
  }

  /** The metadata, with what Consul has no field for. */
  Map<String, String> meta() {
    Map<String, String> meta = new TreeMap<>(instance().metadata());
    meta.keySet().removeIf(key -> key.startsWith(Lease.RESERVED));
    putIfSet(meta, "region", instance().region());
    putIfSet(meta, "zone", instance().zone());
    putIfSet(meta, "version", instance().version());
    return meta;
  }

  private static void putIfSet(Map<String, String> meta, String key, String value) {
    if (!value.isEmpty()) {
      meta.putIfAbsent(key, value);
    }
  }

  /**
   * Its checks: the one that the client reports, or what the instance says of itself; and one more,
   * critical, while it is drained or out of service, as Consul has it for maintenance.
   */
  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    InstanceStatus effective = instance().status();
    checks.add(
        note.flatMap(ConsulNote::check)
            .map(one -> new Check(one.id(), one.name(), one.status(), one.notes(), one.output()))
            .orElseGet(() -> ownCheck(registered.ownStatus())));
    boolean takenOut =
        effective == InstanceStatus.DRAINING || effective == InstanceStatus.OUT_OF_SERVICE;
    if (takenOut) {
      checks.add(
          new Check(
              "_service_maintenance:" + instance().id(),
              "Service Maintenance Mode",
              CheckStatus.CRITICAL,
              note.flatMap(ConsulNote::maintenance).orElse(effective.name()),
              ""));
    } else if (effective == InstanceStatus.DOWN && registered.ownStatus() != InstanceStatus.DOWN) {
      checks.add(
          new Check(
              "_override:" + instance().id(),
              "Operator's override",
              CheckStatus.CRITICAL,
              effective.name(),
              ""));
    }
    return checks;
  }

  private Check ownCheck(InstanceStatus own) {
    boolean leaving = own == InstanceStatus.DRAINING || own == InstanceStatus.OUT_OF_SERVICE;
    return new Check(
        "service:" + instance().id(),
        "Service '" + instance().service() + "' check",
        leaving ? CheckStatus.PASSING : CheckStatus.of(own),
        "",
        own.name());
  }

  /** The worst of its checks. */
  CheckStatus status() {
    return checks().stream().map(Check::status).max(Enum::compareTo).orElse(CheckStatus.PASSING);
  }

  /** True if new requests may go to it. */
  boolean isPassing() {
    return instance().status() == InstanceStatus.UP && status() == CheckStatus.PASSING;
  }

  /** True if it is being taken out, so that whoever cannot see checks must not be given it. */
  boolean isTakenOut() {
    return instance().status() == InstanceStatus.DRAINING
        || instance().status() == InstanceStatus.OUT_OF_SERVICE;
  }
}
