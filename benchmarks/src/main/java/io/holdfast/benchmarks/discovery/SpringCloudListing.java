package io.holdfast.benchmarks.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.loadbalancer.cache.DefaultLoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheProperties;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.DiscoveryClientServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The peer: the list that Spring Cloud LoadBalancer picks from by default, its cache with the
 * time-to-live that it comes with, over a {@link DiscoveryClient} that reads Curator's discovery as
 * Spring Cloud Zookeeper's does. The instances are a {@link CuratorFleet}'s.
 */
final class SpringCloudListing implements Listing {

  private static final String VERSION = "version";
  private static final String SERVICE_PROPERTY = "loadbalancer.client.name";

  private final CuratorFleet fleet;
  private final LoadBalancerCacheProperties properties = new LoadBalancerCacheProperties();
  private final ServiceInstanceListSupplier supplier;

  SpringCloudListing(CuratorFleet fleet) {
    this.fleet = fleet;
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource(VERSION, Map.of(SERVICE_PROPERTY, CuratorFleet.NAME)));
    this.supplier =
        new CachingServiceInstanceListSupplier(
            new DiscoveryClientServiceInstanceListSupplier(new Discovery(fleet), environment),
            new DefaultLoadBalancerCacheManager(properties));
  }

  /** How long a list is kept by default. */
  Duration lifetime() {
    return properties.getTtl();
  }

  private record Discovery(CuratorFleet fleet) implements DiscoveryClient {

    @Override
    public String description() {
      return "Curator's service discovery";
    }

    @Override
    public List<ServiceInstance> getInstances(String service) {
      return fleet.query().stream().map(Discovery::instance).toList();
    }

    private static ServiceInstance instance(
        org.apache.curator.x.discovery.ServiceInstance<String> there) {
      return new DefaultServiceInstance(
          there.getId(),
          there.getName(),
          there.getAddress(),
          there.getPort(),
          false,
          Map.of(VERSION, there.getPayload()));
    }

    @Override
    public List<String> getServices() {
      return List.of(CuratorFleet.NAME);
    }
  }

  @Override
  public void change(int number, String version) throws Exception {
    fleet.change(number, version);
  }

  @Override
  public String shownVersion(int number) {
    List<ServiceInstance> now = Objects.requireNonNull(supplier.get().blockFirst(), "no list");
    String id = CuratorFleet.id(number);
    return now.stream()
        .filter(there -> there.getInstanceId().equals(id))
        .map(there -> there.getMetadata().get(VERSION))
        .findFirst()
        .orElse("");
  }

  /** The fleet is not its own. */
  @Override
  public void close() {}
}
