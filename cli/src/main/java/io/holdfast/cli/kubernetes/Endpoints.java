package io.holdfast.cli.kubernetes;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The endpoints of a service as Kubernetes can have them.
 *
 * @param byKind those that share address family and ports can share a slice; the ready ones first,
 *     so that of two with one address that one counts
 * @param leftOut what it cannot have, and why, for people
 */
record Endpoints(Map<Slice.Kind, List<Endpoint>> byKind, List<String> leftOut) {

  static Endpoints of(ServiceSnapshot snapshot) {
    Map<Slice.Kind, List<Endpoint>> byKind = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    List<ServiceInstance> instances =
        snapshot.instances().stream()
            .map(RegisteredInstance::instance)
            .sorted(
                Comparator.comparing(Endpoint.Conditions::of).thenComparing(ServiceInstance::id))
            .toList();
    for (ServiceInstance instance : instances) {
      Optional<IpAddress> address = IpAddress.parse(instance.host());
      if (address.isEmpty()) {
        leftOut.add(instance.id() + " on " + instance.host());
        continue;
      }
      Slice.Kind kind = new Slice.Kind(address.get().family().addressType(), ports(instance));
      byKind
          .computeIfAbsent(kind, none -> new ArrayList<>())
          .add(Endpoint.of(instance, address.get()));
    }
    return new Endpoints(byKind, leftOut);
  }

  /** Those whose name Kubernetes takes. */
  private static Map<String, Integer> ports(ServiceInstance instance) {
    Map<String, Integer> ports = new TreeMap<>(instance.ports());
    ports.keySet().removeIf(name -> !Endpoint.DNS_LABEL.matcher(name).matches());
    return ports;
  }
}
