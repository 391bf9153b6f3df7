package io.holdfast.payment.shard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The plan which node should own which shard: rendezvous hashing with bounded capacity.
 *
 * <p>Every pair of node and shard has a score, the same everywhere. Pairs are taken from the
 * highest score down while the shard is free and the node has room: a node takes the even share
 * rounded down, and as many nodes as there are shards left over take one more. So the same members
 * give the same plan at every node, the spread is even, and when a node goes it is mostly its own
 * shards that move.
 *
 * <p>Only a plan: nodes may see different members for a while. The shard's lock decides who owns
 * it.
 */
public final class Assignment {

  private final Map<String, SortedSet<Integer>> shardsOf;

  private Assignment(Map<String, SortedSet<Integer>> shardsOf) {
    this.shardsOf = shardsOf;
  }

  private record Pair(String member, int shard, long score) {}

  /** Plans {@code shards} shards, from 0, over the members. */
  public static Assignment of(Collection<String> members, int shards) {
    return of(members, IntStream.range(0, shards).boxed().toList());
  }

  /** Plans these shards over the members. */
  public static Assignment of(Collection<String> members, Collection<Integer> shards) {
    Set<String> distinct = new TreeSet<>(members);
    Map<String, SortedSet<Integer>> shardsOf = new HashMap<>();
    distinct.forEach(member -> shardsOf.put(member, new TreeSet<>()));
    if (distinct.isEmpty()) {
      return new Assignment(shardsOf);
    }
    int share = shards.size() / distinct.size();
    int leftOver = shards.size() % distinct.size();
    Set<Integer> taken = new HashSet<>();
    for (Pair pair : pairs(distinct, shards)) {
      SortedSet<Integer> already = shardsOf.get(pair.member());
      if (already == null || taken.contains(pair.shard())) {
        continue;
      }
      if (already.size() < share) {
        taken.add(pair.shard());
        already.add(pair.shard());
      } else if (already.size() == share && leftOver > 0) {
        taken.add(pair.shard());
        already.add(pair.shard());
        leftOver--;
      }
    }
    return new Assignment(shardsOf);
  }

  private static List<Pair> pairs(Set<String> members, Collection<Integer> shards) {
    List<Pair> pairs = new ArrayList<>(members.size() * shards.size());
    for (String member : members) {
      long seed = hash(member);
      for (int shard : shards) {
        pairs.add(new Pair(member, shard, mix(seed + shard * 0x9E3779B97F4A7C15L)));
      }
    }
    pairs.sort(
        Comparator.comparingLong(Pair::score)
            .reversed()
            .thenComparing(Pair::member)
            .thenComparing(Pair::shard));
    return pairs;
  }

  /** FNV-1a, 64 bits. */
  private static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3: every bit in changes about half of the bits out. */
  private static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }

  /** What a node should own; nothing if it is not a member. */
  public SortedSet<Integer> shardsOf(String member) {
    return new TreeSet<>(shardsOf.getOrDefault(member, new TreeSet<>()));
  }
}
