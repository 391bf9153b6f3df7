package io.holdfast.payment;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import java.time.Duration;

/**
 * What a node needs to know.
 *
 * @param cluster the coordination cluster, as in {@link ClusterUri}
 * @param database the ledger's PostgreSQL
 * @param id the node's name, unique among those running; as the registry allows
 * @param host where it listens, and how others reach it
 * @param port where it listens; 0 lets the system choose
 * @param map how many shards the ledger has, the same at every node
 * @param sessionTimeout how long the cluster keeps what a silent node holds
 * @param forwardBudget how long a request may look for the owner of its shard
 */
public record NodeConfig(
    String cluster,
    DatabaseConfig database,
    String id,
    String host,
    int port,
    ShardMap map,
    Duration sessionTimeout,
    Duration forwardBudget) {

  public NodeConfig {
    ClusterUri.parse(cluster);
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException(
          "a node id is 1 to 64 letters, digits, '.', '-' or '_', a letter or digit first");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
    }
    if (sessionTimeout.isNegative() || sessionTimeout.isZero()) {
      throw new IllegalArgumentException("the session time-out must be positive");
    }
  }

  /** With 12 shards, a session time-out of 10 s, 8 s to find an owner, on any port of 127.0.0.1. */
  public static NodeConfig of(String cluster, DatabaseConfig database, String id) {
    return new NodeConfig(
        cluster,
        database,
        id,
        "127.0.0.1",
        0,
        new ShardMap(12),
        Duration.ofSeconds(10),
        Duration.ofSeconds(8));
  }

  /** Somewhere else. */
  public NodeConfig withAddress(String otherHost, int otherPort) {
    return new NodeConfig(
        cluster, database, id, otherHost, otherPort, map, sessionTimeout, forwardBudget);
  }

  /** With another number of shards. */
  public NodeConfig withShards(int shards) {
    return new NodeConfig(
        cluster, database, id, host, port, new ShardMap(shards), sessionTimeout, forwardBudget);
  }

  /** With another session time-out. */
  public NodeConfig withSessionTimeout(Duration other) {
    return new NodeConfig(cluster, database, id, host, port, map, other, forwardBudget);
  }
}
