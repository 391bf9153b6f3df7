package io.holdfast.testkit.fault;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.util.List;

/** Starts clusters on what this machine has. */
public final class Clusters {

  /** The system property that chooses the provider. */
  public static final String PROPERTY = "holdfast.cluster";

  /** The provider that runs servers in containers. */
  public static final String DOCKER = "docker";

  /** Two seconds: a leader that is cut off is to be missed before the sessions of its clients. */
  private static final int TICKS_TO_MISS_A_SERVER = 4;

  private Clusters() {}

  /**
   * Starts {@code servers} servers and waits until all serve: as {@value #PROPERTY} says, else in
   * network namespaces where this process may make them, as plain processes with proxies otherwise.
   *
   * @throws IllegalArgumentException if {@value #PROPERTY} asks for a provider that does not exist
   */
  public static Cluster start(Store store, int servers) {
    return start(System.getProperty(PROPERTY, ""), store, servers);
  }

  /** The same on a provider; the one that is found if its name is empty. */
  public static Cluster start(String provider, Store store, int servers) {
    return switch (provider) {
      case "" ->
          NamespaceNetwork.isPossible() ? inNamespaces(store, servers) : plain(store, servers);
      case "netns" -> inNamespaces(store, servers);
      case "processes" -> plain(store, servers);
      case DOCKER -> inContainers(store, servers);
      default ->
          throw new IllegalArgumentException(
              "no provider '%s' for -D%s; there are processes, netns and docker"
                  .formatted(provider, PROPERTY));
    };
  }

  private static Cluster plain(Store store, int servers) {
    return new WiredCluster(servers(store, Host.loopback(servers)), new ProxyWiring("processes"));
  }

  private static Cluster inNamespaces(Store store, int servers) {
    NetnsWiring wiring = new NetnsWiring(servers);
    try {
      return new WiredCluster(servers(store, wiring.servers()), wiring);
    } catch (RuntimeException e) {
      wiring.close();
      throw e;
    }
  }

  private static Cluster inContainers(Store store, int count) {
    Cluster cluster =
        new WiredCluster(ContainerServers.start(store, count), new ProxyWiring(DOCKER));
    try {
      cluster.awaitServing();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static Servers servers(Store store, List<Host> hosts) {
    return switch (store) {
      case ZOOKEEPER ->
          new ZooKeeperServers(
              ZooKeeperCluster.start(
                  ServerSettings.defaults().withSyncLimit(TICKS_TO_MISS_A_SERVER), hosts));
      case ETCD ->
          new EtcdServers(EtcdCluster.start(EtcdCluster.Options.forTests(hosts.size()), hosts));
    };
  }
}
