package io.holdfast.spring.discovery;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.cloud.client.discovery.health.DiscoveryHealthIndicator;

/**
 * How fresh the views are. Always UP: an application with a stale view works, and to restart it
 * would lose the view.
 */
public final class HoldfastDiscoveryHealth implements DiscoveryHealthIndicator {

  private final ServiceViews views;

  /** Of {@code views}. */
  public HoldfastDiscoveryHealth(ServiceViews views) {
    this.views = views;
  }

  @Override
  public String getName() {
    return "holdfast";
  }

  @Override
  public Health health() {
    Map<String, Object> services = new TreeMap<>();
    views
        .snapshots()
        .forEach(
            (service, snapshot) ->
                services.put(
                    service,
                    Map.of(
                        "freshness", snapshot.freshness().name(),
                        "up", snapshot.up().size(),
                        "instances", snapshot.instances().size(),
                        "age", snapshot.age(Instant.now()).map(Object::toString).orElse(""))));
    return Health.up().withDetail("services", services).build();
  }
}
