package io.holdfast.payment.ledger;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Of what a ledger is made.
 *
 * @param node who executes, for the record
 * @param databases by the names that they have in the ledger, 1 to 32 of {@code a-z}, digits and
 *     {@code -}; at every node the same
 * @param map where accounts live; at every node the same, for ever
 * @param deadline how long a shard's part in a transaction over several shards may wait for the
 *     decision; after that it is decided to abort
 */
public record LedgerConfig(
    String node, SortedMap<String, DatabaseConfig> databases, ShardMap map, Duration deadline) {

  public LedgerConfig {
    databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
    if (databases.isEmpty()) {
      throw new IllegalArgumentException("a ledger has at least one database");
    }
    for (String name : databases.keySet()) {
      if (!name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
        throw new IllegalArgumentException(
            "a database's name is 1 to 32 of a-z, digits and -, not '" + name + "'");
      }
    }
  }

  /** With the usual number of shards and 15 seconds. */
  public static LedgerConfig of(String node, Map<String, DatabaseConfig> databases) {
    return new LedgerConfig(
        node,
        new TreeMap<>(databases),
        new ShardMap(ShardMap.DEFAULT_SHARDS),
        Duration.ofSeconds(15));
  }

  /** With another number of shards. */
  public LedgerConfig withShards(int shards) {
    return new LedgerConfig(node, databases, new ShardMap(shards), deadline);
  }
}
