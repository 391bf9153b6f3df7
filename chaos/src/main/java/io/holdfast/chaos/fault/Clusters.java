package io.holdfast.chaos.fault;

import io.holdfast.testkit.docker.DockerEngine;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Starts clusters on what this machine has.
 *
 * <p><b>How soon a leader is missed.</b> While a cluster has no leader no session is proven to
 * live, so one that cannot be proven again in time is lost, and what it held is free only after a
 * whole time-out more: the new leader begins to count anew. With a session of S, the time M after
 * which servers miss a leader, and the time E of an election, a lock is of use again after
 *
 * <pre>
 *   M + E + the client's way to another server (up to S/2)   if that is less than S: nothing is lost
 *   M + E + S + one tick                                     otherwise
 * </pre>
 *
 * <p>etcd misses a leader after its election time-out, one second. ZooKeeper does after {@code
 * syncLimit} ticks, and its usual setting, 5 ticks of 2 s, is longer than most sessions. Here it is
 * 2 ticks of 500 ms, one second too; the bounds on recovery that tests assert stand on that.
 */
public final class Clusters {

  /** The system property that chooses the provider. */
  public static final String PROPERTY = "holdfast.cluster";

  /** The provider that runs servers as processes, with proxies between them and clients. */
  public static final String PROCESSES = "processes";

  /** The provider that gives each process a network namespace of its own. */
  public static final String NETNS = "netns";

  /** The provider that runs servers in containers. */
  public static final String DOCKER = "docker";

  /** One second: see above. */
  private static final int TICKS_TO_MISS_A_SERVER = 2;

  private Clusters() {}

  /**
   * The providers to use: the one that {@value #PROPERTY} names, else those that this machine has,
   * the best first.
   */
  public static List<String> providers() {
    String named = System.getProperty(PROPERTY, "");
    if (!named.isEmpty()) {
      return List.of(named);
    }
    List<String> found = new ArrayList<>();
    if (NamespaceNetwork.isPossible()) {
      found.add(NETNS);
    }
    found.add(PROCESSES);
    try {
      if (DockerEngine.answers()) {
        found.add(DOCKER);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.copyOf(found);
  }

  /** What can be done to a cluster of this kind on a provider. */
  public static Set<Capability> capabilities(String provider, Store store) {
    Set<Capability> capabilities = EnumSet.copyOf(ofAdmin(store));
    capabilities.addAll(provider.equals(NETNS) ? NetnsWiring.can() : ProxyWiring.CAN);
    if (provider.equals(DOCKER)) {
      capabilities.addAll(ContainerServers.CAN);
    } else {
      capabilities.addAll(ProcessServers.can(store));
    }
    return capabilities;
  }

  /** What can be done to a cluster of this kind on a machine that lacks nothing. */
  public static Set<Capability> everyCapability(Store store) {
    Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.STEP_CLOCKS));
    capabilities.removeAll(ZooKeeperAdmin.CAN);
    capabilities.removeAll(EtcdAdmin.CAN);
    capabilities.addAll(ofAdmin(store));
    return capabilities;
  }

  private static Set<Capability> ofAdmin(Store store) {
    return switch (store) {
      case ZOOKEEPER -> ZooKeeperAdmin.CAN;
      case ETCD -> EtcdAdmin.CAN;
    };
  }

  /** Starts {@code servers} servers on the best of {@link #providers} and waits until all serve. */
  public static Cluster start(Store store, int servers) {
    return start(providers().get(0), store, servers);
  }

  /**
   * The same on a provider.
   *
   * @throws IllegalArgumentException if there is no such provider
   */
  public static Cluster start(String provider, Store store, int servers) {
    return switch (provider) {
      case NETNS -> inNamespaces(store, servers);
      case PROCESSES -> plain(store, servers);
      case DOCKER -> inContainers(store, servers);
      default ->
          throw new IllegalArgumentException(
              "no provider '%s' for -D%s; there are processes, netns and docker"
                  .formatted(provider, PROPERTY));
    };
  }

  private static Cluster plain(Store store, int servers) {
    return new WiredCluster(servers(store, Host.loopback(servers)), new ProxyWiring(PROCESSES));
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
    return new ProcessServers(
        store,
        switch (store) {
          case ZOOKEEPER ->
              ZooKeeperCluster.start(
                  ServerSettings.defaults().withSyncLimit(TICKS_TO_MISS_A_SERVER), hosts);
          case ETCD -> EtcdCluster.start(EtcdCluster.Options.forTests(hosts.size()), hosts);
        });
  }
}
