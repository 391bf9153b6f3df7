package io.holdfast.spring.discovery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * The instances that take requests, from views that an outage never empties. The first look at a
 * service waits for the cluster, for a short time; later ones are a read of a field.
 */
public final class HoldfastDiscoveryClient implements DiscoveryClient {

  private final ServiceViews views;
  private final int order;
  private final LookupObservations observations;

  /** Over {@code views}, at {@code order} among other clients; {@code registry} has lookups. */
  public HoldfastDiscoveryClient(ServiceViews views, int order, ObservationRegistry registry) {
    this.views = views;
    this.order = order;
    this.observations = new LookupObservations(registry);
  }

  @Override
  public String description() {
    return "Holdfast";
  }

  @Override
  public List<ServiceInstance> getInstances(String serviceId) {
    views.view(serviceId);
    return observed(
        observations.instances(serviceId),
        () ->
            views.known(serviceId).join().up().stream().map(HoldfastServiceInstance::of).toList());
  }

  private static <T> List<T> observed(Observation observation, Supplier<List<T>> lookup) {
    return Objects.requireNonNull(
        observation.observe(
            () -> {
              List<T> found = lookup.get();
              LookupObservations.found(observation, found);
              return found;
            }));
  }

  @Override
  public List<String> getServices() {
    return observed(observations.services(), views::names);
  }

  @Override
  public int getOrder() {
    return order;
  }
}
