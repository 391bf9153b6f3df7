package io.holdfast.gateway.springtests;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With ZooKeeper. */
class EurekaClientsOnZooKeeperTest extends EurekaClientsContract {

  private static EmbeddedZooKeeper server;

  @BeforeAll
  static void start() {
    server = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String uri(String namespace) {
    return server.uri(namespace);
  }
}
