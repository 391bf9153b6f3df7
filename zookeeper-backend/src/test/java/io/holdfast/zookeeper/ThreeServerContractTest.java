package io.holdfast.zookeeper;

import io.holdfast.testkit.contract.EveryContract;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** Every contract, on one cluster of three servers. */
@Order(1)
final class ThreeServerContractTest extends EveryContract {

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
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }
}
