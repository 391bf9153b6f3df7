package io.holdfast.spring.commit;

import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract with the decision in ZooKeeper. */
final class ZooKeeperGlobalTransactionTest extends GlobalTransactionContract {

  private static ZooKeeperCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = ZooKeeperCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Override
  String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  void silence(String namespace) {
    cluster.pause(0);
  }

  @Override
  void speak(String namespace) {
    cluster.resume(0);
  }
}
