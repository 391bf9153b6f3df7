package io.holdfast.gateway.dns;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Services that a test sets. */
final class FixedServices implements ServiceLookup {

  private final Map<String, ServiceSnapshot> snapshots = new ConcurrentHashMap<>();
  private volatile boolean ready = true;

  /** Two that take requests, one by its IPv6 address, and one that is draining. */
  static FixedServices payment() {
    FixedServices services = new FixedServices();
    services.put(
        "payment",
        instance("payment", "a", "10.0.0.1").withPort("grpc", 9090),
        instance("payment", "b", "fd00::2").withWeight(50),
        instance("payment", "c", "10.0.0.3").withStatus(InstanceStatus.DRAINING));
    services.put("idle");
    services.put("Named", instance("Named", "a", "node-1.example.org"));
    services.put(
        "many",
        IntStream.range(0, 1_000)
            .mapToObj(i -> instance("many", "m" + i, "10.1." + i / 250 + "." + (1 + i % 250)))
            .toArray(ServiceInstance[]::new));
    services.snapshots.put("unread", ServiceSnapshot.unknown("unread"));
    return services;
  }

  static ServiceInstance instance(String service, String id, String host) {
    return ServiceInstance.http(service, id, host, 8080);
  }

  void put(String service, ServiceInstance... instances) {
    List<RegisteredInstance> registered =
        Stream.of(instances).map(one -> new RegisteredInstance(one, new Revision(7))).toList();
    snapshots.put(
        service.toLowerCase(Locale.ROOT),
        new ServiceSnapshot(
            service, new Revision(9), Freshness.LIVE, registered, Instant.ofEpochSecond(1)));
  }

  void ready(boolean isReady) {
    ready = isReady;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public Optional<ServiceSnapshot> find(String service) {
    return Optional.ofNullable(snapshots.get(service));
  }

  @Override
  public int serial() {
    return 42;
  }
}
