package io.holdfast.zookeeper;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterContractTest extends BackendContract {

  private static ZooKeeperCluster zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = ZooKeeperCluster.start(3);
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @Override
  protected String uri(String namespace) {
    return zookeeper.uri(namespace);
  }
}
