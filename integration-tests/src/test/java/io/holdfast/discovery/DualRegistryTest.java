package io.holdfast.discovery;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Two registries as one: in memory, from three ZooKeeper servers to three of etcd, and back. */
final class DualRegistryTest {

  @Nested
  final class InMemory extends DualRegistryContract {
    @Override
    String oldUri(String namespace) {
      return "memory://old/" + namespace;
    }

    @Override
    String newUri(String namespace) {
      return "memory://new/" + namespace;
    }
  }

  /** With both clusters. */
  @Nested
  final class OnClusters {

    private static ZooKeeperCluster zookeeper;
    private static EtcdCluster etcd;

    @BeforeAll
    static void startClusters() {
      zookeeper = ZooKeeperCluster.start(3);
      etcd = EtcdCluster.start(3);
    }

    @AfterAll
    static void stopClusters() {
      zookeeper.close();
      etcd.close();
    }

    @Nested
    final class ZooKeeperToEtcd extends DualRegistryContract {
      @Override
      String oldUri(String namespace) {
        return zookeeper.uri(namespace);
      }

      @Override
      String newUri(String namespace) {
        return etcd.uri(namespace);
      }
    }

    @Nested
    final class EtcdToZooKeeper extends DualRegistryContract {
      @Override
      String oldUri(String namespace) {
        return etcd.uri(namespace);
      }

      @Override
      String newUri(String namespace) {
        return zookeeper.uri(namespace);
      }
    }
  }
}
