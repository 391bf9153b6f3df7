package io.holdfast.zookeeper;

import io.holdfast.testkit.contract.EveryContract;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** Every contract, on one cluster of three servers. */
@Order(1)
final class ThreeServerContractTest extends EveryContract {

  private static ZooKeeperCluster cluster;

  @BeforeAll
  static void startCluster() {
    // One test waits until a directory that is empty has gone: by default up to a minute.
    cluster =
        ZooKeeperCluster.start(
            3, ServerSettings.defaults().withContainerCheck(Duration.ofSeconds(5)));
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
