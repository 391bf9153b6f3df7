package io.holdfast.shedlock;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.junit.jupiter.api.AutoClose;

final class ZooKeeperShedLockTest extends ShedLockContract {

  @AutoClose private static final EmbeddedZooKeeper ZOOKEEPER = EmbeddedZooKeeper.start();

  @Override
  String uri(String namespace) {
    return ZOOKEEPER.uri(namespace);
  }
}
