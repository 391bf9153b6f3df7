package io.holdfast.benchmarks.commit;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;

/**
 * Where decisions are kept: servers that are processes here, and flush every write.
 *
 * @param name of the kind
 * @param uri as ours takes it
 */
record Store(String name, String uri, ServerGroup servers) implements AutoCloseable {

  static Store zooKeeper(int servers) {
    ZooKeeperCluster cluster = ZooKeeperCluster.start(servers);
    return new Store("zookeeper", uri("zookeeper", cluster), cluster);
  }

  static Store etcd(int servers) {
    EtcdCluster cluster =
        EtcdCluster.start(
            EtcdCluster.Options.forTests(servers).withDurability(EtcdCluster.Durability.FSYNC));
    return new Store("etcd", uri("etcd", cluster), cluster);
  }

  private static String uri(String scheme, ServerGroup servers) {
    return scheme + "://" + String.join(",", servers.endpoints()) + "/bench";
  }

  @Override
  public void close() throws Exception {
    servers.close();
  }
}
