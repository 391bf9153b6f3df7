package io.holdfast.testkit.zookeeper;

import io.holdfast.testkit.process.Backup;
import java.nio.file.Path;

/** A copy of the data folder of one server of a {@link ZooKeeperCluster}, made while it ran. */
public final class ZooKeeperBackup implements Backup {

  private final ZooKeeperCluster cluster;
  private final Path copy;

  ZooKeeperBackup(ZooKeeperCluster cluster, Path copy) {
    this.cluster = cluster;
    this.copy = copy;
  }

  /**
   * Ends every server, puts the copy in the place of the data of each, and waits until all serve.
   *
   * <p>The epoch of the next leader is one above that of the copy: if no other leader came since,
   * the order does not repeat itself.
   */
  @Override
  public void restore() {
    cluster.restore(copy);
  }
}
