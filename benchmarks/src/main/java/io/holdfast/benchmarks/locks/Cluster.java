package io.holdfast.benchmarks.locks;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;

/**
 * Three servers that are processes here, and the peer that is at home on them.
 *
 * @param backend its name
 * @param address for both, each {@code host:port}: on ZooKeeper the leader's alone, since otherwise
 *     the draw would decide who gets it for the whole run; on etcd all servers
 * @param bare who does nothing but the writes that a lock cannot save
 * @param peerName for the report
 * @param targets that depend on the store
 * @param servers to be closed
 */
record Cluster(
    String backend,
    String address,
    Contestant.Side peer,
    Contestant.Side bare,
    String peerName,
    Targets targets,
    AutoCloseable servers)
    implements AutoCloseable {

  private static final int SERVERS = 3;

  /**
   * What is to be reached.
   *
   * @param uncontended by one thread on one lock
   * @param ownLocks by many threads with a lock each
   */
  record Targets(double uncontended, double ownLocks) {}

  static Cluster zooKeeper() {
    ZooKeeperCluster servers = ZooKeeperCluster.start(SERVERS);
    return new Cluster(
        "zookeeper",
        "127.0.0.1:" + servers.port(servers.awaitLeader()),
        Contestant.Side.CURATOR,
        Contestant.Side.BARE_ZOOKEEPER,
        "Curator",
        new Targets(1.2, 3),
        servers);
  }

  /** With every write flushed to disk, as in production. */
  static Cluster etcd() {
    EtcdCluster.Options durable =
        EtcdCluster.Options.forTests(SERVERS).withDurability(EtcdCluster.Durability.FSYNC);
    EtcdCluster servers = EtcdCluster.start(durable);
    return new Cluster(
        "etcd",
        String.join(",", servers.endpoints()),
        Contestant.Side.JETCD,
        Contestant.Side.BARE_ETCD,
        "jetcd",
        new Targets(1, 2),
        servers);
  }

  /** The address as ours takes it. */
  String uri() {
    return backend + "://" + address + "/bench";
  }

  @Override
  public void close() throws Exception {
    servers.close();
  }
}
