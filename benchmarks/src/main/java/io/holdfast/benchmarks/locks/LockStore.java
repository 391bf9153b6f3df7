package io.holdfast.benchmarks.locks;

/** Where locks are measured. */
public enum LockStore {
  /** ZooKeeper, three servers. */
  ZOOKEEPER,
  /** etcd, three servers. */
  ETCD,
  /** One after the other. */
  BOTH
}
