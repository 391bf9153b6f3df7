package io.holdfast.testkit.etcd;

import io.holdfast.testkit.process.Backup;
import java.nio.file.Path;

/** A snapshot of an {@link EtcdCluster}, as {@code etcdctl snapshot save} makes it. */
public final class EtcdSnapshot implements Backup {

  private final EtcdCluster cluster;
  private final Path file;

  EtcdSnapshot(EtcdCluster cluster, Path file) {
    this.cluster = cluster;
    this.file = file;
  }

  /**
   * Ends every server, sets the cluster back, as {@code etcdctl snapshot restore} does, and waits
   * until all serve. Revisions begin again where they were: nothing raises them.
   */
  @Override
  public void restore() {
    cluster.restore(file);
  }
}
