package io.holdfast.payment.ledger;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which database has which shard, as one node knows it.
 *
 * @param version of the map in the coordination store; 0 if this node has not heard of it yet
 * @param shards all of them, in order
 * @param counts how many shards each database has, also those that have none
 */
public record ShardPlacement(long version, List<Shard> shards, SortedMap<String, Integer> counts) {

  public ShardPlacement {
    shards = List.copyOf(shards);
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /**
   * One of them.
   *
   * @param moves how many databases have had it, this one included; 0 if nobody has looked yet
   */
  public record Shard(int shard, String database, long moves, Owner owner) {}

  /** Whose a shard is. */
  public enum Owner {
    /** This node's. */
    HERE,
    /** Another node's, or nobody's. */
    ELSEWHERE
  }

  /** Made of the shards, with the databases that have none. */
  public static ShardPlacement of(long version, List<Shard> shards, Iterable<String> databases) {
    Map<String, Integer> counts = new TreeMap<>();
    databases.forEach(name -> counts.put(name, 0));
    shards.forEach(each -> counts.merge(each.database(), 1, Integer::sum));
    return new ShardPlacement(version, shards, new TreeMap<>(counts));
  }
}
