package io.holdfast.chaos.fault;

import java.util.Locale;

/** Which kind of cluster. */
public enum Store {
  /** Apache ZooKeeper. */
  ZOOKEEPER,
  /** etcd. */
  ETCD;

  /** As in the scheme of an address. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
