package io.holdfast.payment.ledger;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
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
 * @param answersKept how long what requests were answered is kept at least; empty for ever. That
 *     they were executed is never forgotten, so that no key has a second effect
 */
public record LedgerConfig(
    String node,
    SortedMap<String, DatabaseConfig> databases,
    ShardMap map,
    Duration deadline,
    Optional<Duration> answersKept) {

  /** While clients still try again, an answer has to be there. */
  private static final Duration LEAST_KEPT = Duration.ofDays(1);

  public LedgerConfig {
    if (answersKept.filter(kept -> kept.compareTo(LEAST_KEPT) < 0).isPresent()) {
      throw new IllegalArgumentException("answers are kept for one day at least");
    }
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
        Duration.ofSeconds(15),
        Optional.empty());
  }

  /** With another number of shards. */
  public LedgerConfig withShards(int shards) {
    return new LedgerConfig(node, databases, new ShardMap(shards), deadline, answersKept);
  }

  /** With answers that are pruned when they are so old. */
  public LedgerConfig withAnswersKept(Duration kept) {
    return new LedgerConfig(node, databases, map, deadline, Optional.of(kept));
  }

  /** With another deadline for what waits for a decision. */
  public LedgerConfig withDeadline(Duration changed) {
    return new LedgerConfig(node, databases, map, changed, answersKept);
  }
}
