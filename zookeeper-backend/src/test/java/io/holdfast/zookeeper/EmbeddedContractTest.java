package io.holdfast.zookeeper;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EmbeddedContractTest extends BackendContract {

  private static EmbeddedZooKeeper zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
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
