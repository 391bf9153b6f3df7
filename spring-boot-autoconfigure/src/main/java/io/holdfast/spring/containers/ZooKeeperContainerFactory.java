package io.holdfast.spring.containers;

import java.util.List;

/** For images of ZooKeeper, and for containers with {@code @ServiceConnection("zookeeper")}. */
final class ZooKeeperContainerFactory extends StoreContainerFactory {

  ZooKeeperContainerFactory() {
    super("zookeeper", 2181, List.of("zookeeper"));
  }
}
