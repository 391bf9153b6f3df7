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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * The plan which node should own which shard.
 *
 * <p>Every node gets the even share rounded down, and as many nodes as there are shards left over
 * get one more. Within that, a node gets the shards of as few databases as can be, so that a
 * payment finds both its shards with one owner, and so needs one commit, as often as can be. With
 * three nodes and two databases one node has two thirds of the one, another two thirds of the
 * other, and the third has what is left of both. At most {@code nodes + databases - 1} pairs of
 * node and database come of it, and one more for each shard left over.
 *
 * <p>Rendezvous hashing, twice. Every pair of node and database has a score, the same everywhere;
 * from the highest down a node takes as many shards of the database as it has room for and are
 * left. That gives the numbers. Which shards these are is decided in the same way by the scores of
 * nodes and shards. So the same members give the same plan at every node; and when a node goes, all
 * others keep most of what they have.
 *
 * <p>Only a plan: nodes may see different members for a while. The shard's lock decides who owns
 * it.
 */
public final class Assignment {

  private final Map<String, SortedSet<Integer>> shardsOf;

  private Assignment(Map<String, SortedSet<Integer>> shardsOf) {
    this.shardsOf = shardsOf;
  }

  private record Pair<T>(String member, T other, long score) {}

  /**
   * Plans shards over the members, each of which reaches all of the databases.
   *
   * @param shards by the name of their database
   */
  public static Assignment of(
      Collection<String> members, Map<String, ? extends Collection<Integer>> shards) {
    SortedSet<String> distinct = new TreeSet<>(members);
    Map<String, SortedSet<Integer>> shardsOf = new HashMap<>();
    distinct.forEach(member -> shardsOf.put(member, new TreeSet<>()));
    if (!distinct.isEmpty()) {
      Map<String, Map<String, Integer>> numbers = numbers(distinct, shards);
      shards.forEach(
          (database, there) ->
              choose(numbers.getOrDefault(database, Map.of()), there)
                  .forEach((member, chosen) -> shardsOf.merge(member, chosen, Assignment::union)));
    }
    return new Assignment(shardsOf);
  }

  private static SortedSet<Integer> union(SortedSet<Integer> some, SortedSet<Integer> more) {
    some.addAll(more);
    return some;
  }

  /** How many shards of each database each member gets. */
  private static Map<String, Map<String, Integer>> numbers(
      SortedSet<String> members, Map<String, ? extends Collection<Integer>> shards) {
    Map<String, Integer> left = new HashMap<>();
    shards.forEach((database, there) -> left.put(database, there.size()));
    int total = left.values().stream().mapToInt(Integer::intValue).sum();
    Map<String, Integer> room = new HashMap<>();
    members.forEach(member -> room.put(member, total / members.size()));
    Map<String, Map<String, Integer>> numbers = new HashMap<>();
    List<Pair<String>> pairs = pairs(members, left.keySet(), Assignment::hash);
    pairs.forEach(pair -> fill(pair, room, left, numbers));
    // What is left over: one more each, as long as there is any.
    members.forEach(member -> room.put(member, 1));
    pairs.forEach(pair -> fill(pair, room, left, numbers));
    return numbers;
  }

  private static void fill(
      Pair<String> pair,
      Map<String, Integer> room,
      Map<String, Integer> left,
      Map<String, Map<String, Integer>> numbers) {
    int taken = Math.min(room.getOrDefault(pair.member(), 0), left.getOrDefault(pair.other(), 0));
    if (taken > 0) {
      room.merge(pair.member(), -taken, Integer::sum);
      left.merge(pair.other(), -taken, Integer::sum);
      numbers
          .computeIfAbsent(pair.other(), none -> new TreeMap<>())
          .merge(pair.member(), taken, Integer::sum);
    }
  }

  /** Which shards of one database those are. */
  private static Map<String, SortedSet<Integer>> choose(
      Map<String, Integer> numbers, Collection<Integer> shards) {
    Map<String, SortedSet<Integer>> chosen = new HashMap<>();
    Set<Integer> taken = new HashSet<>();
    for (Pair<Integer> pair :
        pairs(numbers.keySet(), shards, shard -> shard * 0x9E3779B97F4A7C15L)) {
      SortedSet<Integer> already = chosen.computeIfAbsent(pair.member(), none -> new TreeSet<>());
      if (already.size() < numbers.getOrDefault(pair.member(), 0) && taken.add(pair.other())) {
        already.add(pair.other());
      }
    }
    return chosen;
  }

  /** From the highest score down. */
  private static <T extends Comparable<T>> List<Pair<T>> pairs(
      Collection<String> members, Collection<T> others, ToLongFunction<T> hash) {
    List<Pair<T>> pairs = new ArrayList<>(members.size() * others.size());
    for (String member : members) {
      long seed = hash(member);
      others.forEach(
          other -> pairs.add(new Pair<>(member, other, mix(seed + hash.applyAsLong(other)))));
    }
    pairs.sort(
        Comparator.comparingLong((Pair<T> pair) -> pair.score())
            .reversed()
            .thenComparing(Pair::member)
            .thenComparing(Pair::other));
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
