package io.holdfast.demo;

import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which node serves which shards, as the registry shows it.
 *
 * @param shards by node id
 */
record ShardOwners(Map<String, SortedSet<Integer>> shards) {

  static ShardOwners in(ServiceSnapshot snapshot) {
    Map<String, SortedSet<Integer>> shards = new TreeMap<>();
    for (RegisteredInstance registered : snapshot.instances()) {
      shards.put(registered.instance().id(), PaymentDirectory.shardsOf(registered.instance()));
    }
    return new ShardOwners(shards);
  }

  /** How many shards have an owner. */
  int owned() {
    return (int) shards.values().stream().flatMap(Set::stream).distinct().count();
  }

  SortedSet<Integer> of(String node) {
    return shards.getOrDefault(node, Collections.emptySortedSet());
  }

  /** The node with the most shards. */
  Optional<String> busiest() {
    return shards.entrySet().stream()
        .max(Comparator.comparing(entry -> entry.getValue().size()))
        .map(Map.Entry::getKey);
  }

  /** The fewest shards that any of {@code nodes} nodes has; 0 while one is missing. */
  int smallestOf(int nodes) {
    return shards.size() < nodes ? 0 : shards.values().stream().mapToInt(Set::size).min().orElse(0);
  }

  Optional<String> ownerOf(int shard) {
    return shards.entrySet().stream()
        .filter(entry -> entry.getValue().contains(shard))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  @Override
  public String toString() {
    return shards.entrySet().stream()
        .map(entry -> entry.getKey() + ":" + entry.getValue().size())
        .collect(Collectors.joining(" "));
  }
}
