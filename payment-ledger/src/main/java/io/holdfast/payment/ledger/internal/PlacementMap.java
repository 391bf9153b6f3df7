package io.holdfast.payment.ledger.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which database has which shard, as the coordination store keeps it: one value, replaced as a
 * whole.
 *
 * @param version one more with each change
 * @param databases all that ever belonged to the ledger; a name keeps its place for ever
 * @param shards for each shard the place of its database among them
 * @param moves for each shard how often it had moved when it was there; 0 if nobody has found it
 *     there yet
 */
public record PlacementMap(
    long version, List<String> databases, List<Integer> shards, List<Long> moves) {

  public PlacementMap {
    databases = List.copyOf(databases);
    shards = List.copyOf(shards);
    moves = List.copyOf(moves);
    if (shards.size() != moves.size()) {
      throw new IllegalArgumentException("as many shards as moves");
    }
    for (int each : shards) {
      if (each < 0 || each >= databases.size()) {
        throw new IllegalArgumentException("a shard in a database without a name: " + each);
      }
    }
  }

  /** Where a shard is, after so many moves. */
  public record Home(String database, long moves) {}

  /** A new ledger's: spread evenly. */
  public static PlacementMap spread(Collection<String> databases, int shards) {
    List<String> sorted = List.copyOf(new TreeSet<>(databases));
    List<Integer> places = new ArrayList<>();
    List<Long> moves = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      places.add(shard % sorted.size());
      moves.add(0L);
    }
    return new PlacementMap(1, sorted, places, moves);
  }

  Home home(int shard) {
    return new Home(databases.get(shards.get(shard)), moves.get(shard));
  }

  /**
   * With what is known better.
   *
   * @param found has no effect where the map knows of more moves
   * @return this one if there is nothing to change
   */
  PlacementMap with(Collection<String> names, Map<Integer, Home> found) {
    List<String> all = new ArrayList<>(databases);
    names.stream().filter(name -> !all.contains(name)).sorted().forEach(all::add);
    List<Integer> places = new ArrayList<>(shards);
    List<Long> counts = new ArrayList<>(moves);
    found.forEach(
        (shard, home) -> {
          if (home.moves() >= counts.get(shard) && !home.equals(home(shard))) {
            if (!all.contains(home.database())) {
              all.add(home.database());
            }
            places.set(shard, all.indexOf(home.database()));
            counts.set(shard, home.moves());
          }
        });
    boolean same = all.equals(databases) && places.equals(shards) && counts.equals(moves);
    return same ? this : new PlacementMap(version + 1, all, places, counts);
  }
}
