package io.holdfast.benchmarks.discovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.apache.zookeeper.ZooKeeper;

/**
 * The peer: Curator's {@link ServiceDiscovery} on one side, its {@link ServiceCache} on the other.
 */
final class CuratorFleet implements Fleet {

  static final String NAME = "bench";
  private static final String BASE = "/peer/services";
  private static final int SESSION_MILLIS = 10_000;
  private static final int CONNECT_MILLIS = 15_000;

  private final String servers;
  private final CuratorFramework servingClient;
  private final CuratorFramework lookingClient;
  private final ServiceDiscovery<String> serving;
  private final ServiceDiscovery<String> looking;
  private final ServiceCache<String> cache;
  private volatile long lostAt;

  CuratorFleet(String servers) throws Exception {
    this.servers = servers;
    servingClient = client();
    lookingClient = client();
    serving = discovery(servingClient);
    looking = discovery(lookingClient);
    for (int i = 0; i < SIZE; i++) {
      serving.registerService(instance(i, "0"));
    }
    cache = looking.serviceCacheBuilder().name(NAME).build();
    cache.start();
    while (shown() < SIZE) {
      Thread.onSpinWait();
    }
  }

  private CuratorFramework client() {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(
            servers, SESSION_MILLIS, CONNECT_MILLIS, new ExponentialBackoffRetry(100, 3));
    client.start();
    return client;
  }

  private static ServiceDiscovery<String> discovery(CuratorFramework client) throws Exception {
    ServiceDiscovery<String> discovery =
        ServiceDiscoveryBuilder.builder(String.class)
            .client(client)
            .basePath(BASE)
            .serializer(new JsonInstanceSerializer<>(String.class))
            .build();
    discovery.start();
    return discovery;
  }

  static String id(int number) {
    return "i" + number;
  }

  private static ServiceInstance<String> instance(int number, String version) throws Exception {
    return ServiceInstance.<String>builder()
        .name(NAME)
        .id(id(number))
        .address("10.0.0.1")
        .port(8080)
        .payload(version)
        .build();
  }

  @Override
  public void change(int number, String version) throws Exception {
    serving.updateService(instance(number, version));
  }

  @Override
  public String shownVersion(int number) {
    String id = id(number);
    return cache.getInstances().stream()
        .filter(there -> there.getId().equals(id))
        .map(ServiceInstance::getPayload)
        .findFirst()
        .orElse("");
  }

  /** Reads the instances from the cluster, past the cache. */
  Collection<ServiceInstance<String>> query() {
    try {
      return looking.queryForInstances(NAME);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int shown() {
    return cache.getInstances().size();
  }

  /** A second client of the same session ends it, as Curator's own tests do. */
  @Override
  public void loseSession() throws Exception {
    ZooKeeper victim = servingClient.getZookeeperClient().getZooKeeper();
    ZooKeeper twin =
        new ZooKeeper(
            servers, SESSION_MILLIS, event -> {}, victim.getSessionId(), victim.getSessionPasswd());
    try {
      while (!twin.getState().isConnected()) {
        Thread.onSpinWait();
      }
      lostAt = zxid(lookingClient);
    } finally {
      twin.close((int) Duration.ofSeconds(10).toMillis());
    }
  }

  /** The latest change, by a write of our own. */
  private static long zxid(CuratorFramework client) throws Exception {
    client.createContainers("/peer/mark");
    return client.setData().forPath("/peer/mark", new byte[0]).getMzxid();
  }

  /** By the nodes themselves: the cache does not tell an instance from its predecessor. */
  @Override
  public boolean isBack() {
    if (shown() < SIZE) {
      return false;
    }
    try {
      List<String> names = new ArrayList<>(lookingClient.getChildren().forPath(BASE + "/" + NAME));
      if (names.size() < SIZE) {
        return false;
      }
      for (String name : List.of("i0", "i" + SIZE / 2, "i" + (SIZE - 1))) {
        if (lookingClient.checkExists().forPath(BASE + "/" + NAME + "/" + name).getCzxid()
            < lostAt) {
          return false;
        }
      }
      return true;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
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
