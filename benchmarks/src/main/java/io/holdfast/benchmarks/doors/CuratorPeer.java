package io.holdfast.benchmarks.doors;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;

/** The peer: Curator's discovery on one side, its cache on the other, each with its client. */
final class CuratorPeer implements AutoCloseable {

  private static final String SERVICE = "bench";
  private static final long PATIENCE_SECONDS = 60;

  private final CuratorFramework servingClient;
  private final CuratorFramework lookingClient;
  private final ServiceDiscovery<Void> serving;
  private final ServiceDiscovery<Void> looking;
  private final ServiceCache<Void> cache;

  CuratorPeer(String servers, int others) throws Exception {
    this.servingClient = client(servers);
    this.lookingClient = client(servers);
    this.serving = discovery(servingClient);
    this.looking = discovery(lookingClient);
    for (int i = 0; i < others; i++) {
      serving.registerService(instance("i" + i));
    }
    this.cache = looking.serviceCacheBuilder().name(SERVICE).build();
    cache.start();
    while (cache.getInstances().size() < others) {
      Thread.onSpinWait();
    }
  }

  private static CuratorFramework client(String servers) {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(servers, new ExponentialBackoffRetry(100, 3));
    client.start();
    return client;
  }

  private static ServiceDiscovery<Void> discovery(CuratorFramework client) throws Exception {
    ServiceDiscovery<Void> discovery =
        ServiceDiscoveryBuilder.builder(Void.class).client(client).basePath("/peer").build();
    discovery.start();
    return discovery;
  }

  private static ServiceInstance<Void> instance(String id) throws Exception {
    return ServiceInstance.<Void>builder()
        .name(SERVICE)
        .id(id)
        .address("10.0.0.1")
        .port(80)
        .build();
  }

  /** Registers one more until the cache shows it; how many nanoseconds that took. */
  long change(String name) throws Exception {
    String id = "new" + name;
    ServiceInstance<Void> one = instance(id);
    long began = System.nanoTime();
    CompletableFuture<Long> shown =
        DoorBenchmarks.shown(
            () -> cache.getInstances().stream().anyMatch(there -> there.getId().equals(id)));
    serving.registerService(one);
    long took = shown.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - began;
    serving.unregisterService(one);
    return took;
  }

  @Override
  public void close() throws Exception {
    cache.close();
    looking.close();
    serving.close();
    lookingClient.close();
    servingClient.close();
  }
}
