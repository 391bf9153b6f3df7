package io.holdfast.discovery;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Draining in memory, on three ZooKeeper servers, and on three of etcd. */
final class DrainTest {

  @Nested
  final class InMemory extends DrainContract {
    @Override
    String uri(String namespace) {
      return "memory://drain/" + namespace;
    }
  }

  @Nested
  final class OnZooKeeper extends DrainContract {

    private static ZooKeeperCluster cluster;

    @BeforeAll
    static void startCluster() {
      cluster = ZooKeeperCluster.start(3);
    }

    @AfterAll
    static void stopCluster() {
      cluster.close();
    }

    @Override
    String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class OnEtcd extends DrainContract {

    private static EtcdCluster cluster;

    @BeforeAll
    static void startCluster() {
      cluster = EtcdCluster.start(3);
    }

    @AfterAll
    static void stopCluster() {
      cluster.close();
    }

    @Override
    String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }
}
