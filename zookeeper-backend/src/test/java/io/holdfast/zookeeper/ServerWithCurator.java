package io.holdfast.zookeeper;

import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** A server, and a client of Curator's that is connected to it beside ours. */
record ServerWithCurator(EmbeddedZooKeeper zookeeper, CuratorFramework curator)
    implements AutoCloseable {

  static ServerWithCurator start() {
    EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start();
    CuratorFramework curator =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString(), new ExponentialBackoffRetry(100, 5));
    curator.start();
    return new ServerWithCurator(zookeeper, curator);
  }

  @Override
  public void close() {
    curator.close();
    zookeeper.close();
  }
}
