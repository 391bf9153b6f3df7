package io.holdfast.demo;

import java.time.Duration;
import java.util.Optional;

/**
 * The options of a demo.
 *
 * @param backend which store to start, if {@code existing} names none
 * @param existing the address of a cluster that runs already
 * @param nodes how many payment nodes
 * @param load how long the load lasts; a node is killed half-way
 * @param ratePerSecond transfers a second, evenly spaced
 * @param shards how many shards the ledger has
 * @param seed of the load
 */
record DemoPlan(
    Store backend,
    Optional<String> existing,
    int nodes,
    Duration load,
    int ratePerSecond,
    int shards,
    long seed) {

  /** How long the cluster keeps what a silent node holds: sets how long a takeover takes. */
  static final Duration SESSION = Duration.ofSeconds(3);

  /** A store that a demo can start. */
  enum Store {
    /** A ZooKeeper server inside this JVM. */
    ZOOKEEPER,
    /** An etcd server, found or fetched. */
    ETCD
  }

  DemoPlan {
    if (load.toSeconds() < 5) {
      throw new IllegalArgumentException("--seconds must be at least 5: a node has to be missed");
    }
    if (nodes < 1 || nodes > 20) {
      throw new IllegalArgumentException("--nodes is 1 to 20");
    }
    if (ratePerSecond < 1) {
      throw new IllegalArgumentException("--rate must be at least 1 transfer a second");
    }
  }
}
