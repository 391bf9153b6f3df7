package io.holdfast.spring.actuate;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The services that this process views, and how fresh; and the instances of one. */
final class ServicesSection implements EndpointSection {

  private final Registry registry;
  private final Coordinator coordinator;

  ServicesSection(Registry registry, Coordinator coordinator) {
    this.registry = registry;
    this.coordinator = coordinator;
  }

  @Override
  public String name() {
    return "services";
  }

  @Override
  public Optional<Object> read(List<String> path) {
    if (path.isEmpty()) {
      Map<String, Object> all = new TreeMap<>();
      registry
          .viewed()
          .forEach(
              service ->
                  registry.shown(service).ifPresent(shown -> all.put(service, summary(shown))));
      return Optional.of(all);
    }
    return path.size() == 1 ? Optional.of(detail(path.get(0))) : Optional.empty();
  }

  private static Map<String, Object> summary(ServiceSnapshot snapshot) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("freshness", snapshot.freshness().name());
    snapshot.age(Instant.now()).ifPresent(age -> shown.put("age", age.toString()));
    shown.put("revision", snapshot.revision().toString());
    shown.put("up", snapshot.up().size());
    shown.put("instances", snapshot.instances().size());
    return shown;
  }

  /** As a view shows it, or as the cluster says if there is no view. */
  private Map<String, Object> detail(String service) {
    ServiceSnapshot snapshot =
        registry
            .shown(service)
            .orElseGet(
                () ->
                    Answers.within(coordinator.options().requestTimeout(), registry.list(service)));
    Map<String, Object> shown = summary(snapshot);
    shown.put("instances", snapshot.instances().stream().map(ServicesSection::of).toList());
    return shown;
  }

  private static Map<String, Object> of(RegisteredInstance registered) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", registered.id());
    shown.put("status", registered.instance().status().name());
    shown.put("host", registered.instance().host());
    shown.put("ports", registered.instance().ports());
    shown.put("weight", registered.instance().weight());
    shown.put("zone", registered.instance().zone());
    shown.put("version", registered.instance().version());
    shown.put("epoch", registered.epoch().toString());
    registered.override().ifPresent(by -> shown.put("override", by.toString()));
    registered.hold().ifPresent(why -> shown.put("held", why.toString()));
    return shown;
  }
}
