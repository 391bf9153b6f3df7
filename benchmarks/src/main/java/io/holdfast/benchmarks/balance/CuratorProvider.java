package io.holdfast.benchmarks.balance;

import java.lang.invoke.MethodHandles;
import java.util.stream.IntStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.PathChildrenCacheEvent;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceProvider;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.apache.curator.x.discovery.details.ServiceCacheImpl;
import org.apache.curator.x.discovery.details.ServiceProviderImpl;
import org.apache.curator.x.discovery.strategies.RoundRobinStrategy;
import org.apache.zookeeper.data.Stat;

/**
 * Curator's {@link ServiceProvider} in turn, as its users have it. Only, its cache is told of the
 * instances here and not by a server: the client is never started.
 */
final class CuratorProvider {

  private static final String NOBODY = "127.0.0.1:1";
  private static final String BASE = "/services";

  private CuratorProvider() {}

  /** Over so many instances, all enabled and none of them down. */
  static Chooser over(int size) {
    JsonInstanceSerializer<Void> serializer = new JsonInstanceSerializer<>(Void.class);
    CuratorFramework client = CuratorFrameworkFactory.newClient(NOBODY, new RetryOneTime(1));
    ServiceDiscovery<Void> discovery =
        ServiceDiscoveryBuilder.builder(Void.class)
            .client(client)
            .basePath(BASE)
            .serializer(serializer)
            .build();
    ServiceProvider<Void> provider =
        discovery
            .serviceProviderBuilder()
            .serviceName(Fleets.SERVICE)
            .providerStrategy(new RoundRobinStrategy<>())
            .build();
    ServiceCacheImpl<?> cache = cache(provider);
    IntStream.range(0, size).forEach(i -> cache.childEvent(client, added(i, serializer)));
    return affinity -> provider.getInstance();
  }

  private static ServiceCacheImpl<?> cache(ServiceProvider<Void> provider) {
    try {
      return (ServiceCacheImpl<?>)
          MethodHandles.privateLookupIn(ServiceProviderImpl.class, MethodHandles.lookup())
              .findVarHandle(ServiceProviderImpl.class, "cache", ServiceCache.class)
              .get(provider);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Curator's provider is another than the one known", e);
    }
  }

  private static PathChildrenCacheEvent added(int index, JsonInstanceSerializer<Void> serializer) {
    try {
      ServiceInstance<Void> instance =
          ServiceInstance.<Void>builder()
              .name(Fleets.SERVICE)
              .id(Fleets.id(index))
              .address("10.0.0.1")
              .port(8080)
              .build();
      return new PathChildrenCacheEvent(
          PathChildrenCacheEvent.Type.CHILD_ADDED,
          new ChildData(
              BASE + "/" + Fleets.SERVICE + "/" + instance.getId(),
              new Stat(),
              serializer.serialize(instance)));
    } catch (Exception e) { // what both of them declare
      throw new IllegalStateException("Curator made no instance", e);
    }
  }
}
