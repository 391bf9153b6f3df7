package io.holdfast.testkit.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(1)
class ZooKeeperFixturesTest {

  private static ZooKeeper connect(String connectString) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client =
        new ZooKeeper(
            connectString,
            10_000,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
    return client;
  }

  private static void create(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    client.create(
        path,
        path.getBytes(StandardCharsets.UTF_8),
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.PERSISTENT);
  }

  @Test
  void embedded_restarted_keepsPortAndData() throws Exception {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      try (ZooKeeper client = connect(zookeeper.connectString())) {
        create(client, "/kept");
      }
      int port = zookeeper.port();

      zookeeper.restart();

      assertThat(zookeeper.port()).isEqualTo(port);
      try (ZooKeeper client = connect(zookeeper.connectString())) {
        assertThat(client.exists("/kept", false)).isNotNull();
      }
    }
  }

  @Test
  void cluster_leaderKilled_otherServersServeAndItComesBack() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(3)) {
      try (ZooKeeper client = connect(cluster.connectString())) {
        create(client, "/kept");
      }
      int leader = cluster.awaitLeader();

      cluster.kill(leader);

      assertThat(cluster.awaitLeader()).isNotEqualTo(leader);
      cluster.restart(leader);
      cluster.awaitServing();
      try (ZooKeeper client = connect("127.0.0.1:" + cluster.port(leader))) {
        client.sync("/kept", (rc, path, context) -> {}, null);
        assertThat(client.exists("/kept", false)).isNotNull();
      }
    }
  }

  @Test
  void cluster_ofOneServer_survivesAPauseAndAKill() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(1)) {
      cluster.pause(0);
      assertThat(cluster.leader()).isEmpty();
      cluster.resume(0);
      cluster.awaitServing(0);

      cluster.restart(0);
      cluster.awaitServing(0);

      assertThat(cluster.awaitLeader()).isZero();
    }
  }
}
