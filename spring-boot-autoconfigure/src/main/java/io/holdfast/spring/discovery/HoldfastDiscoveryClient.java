package io.holdfast.spring.discovery;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * The instances that take requests, from views that an outage never empties. The first look at a
 * service waits for the cluster, for a short time; later ones are a read of a field.
 */
public final class HoldfastDiscoveryClient implements DiscoveryClient {

  private final ServiceViews views;
  private final int order;

  /** Over {@code views}, at {@code order} among other clients. */
  public HoldfastDiscoveryClient(ServiceViews views, int order) {
    this.views = views;
    this.order = order;
  }

  @Override
  public String description() {
    return "Holdfast";
  }

  @Override
  public List<ServiceInstance> getInstances(String serviceId) {
    return views.known(serviceId).join().up().stream().map(HoldfastServiceInstance::of).toList();
  }

  @Override
  public List<String> getServices() {
    return views.names();
  }

  @Override
  public int getOrder() {
    return order;
  }
}
