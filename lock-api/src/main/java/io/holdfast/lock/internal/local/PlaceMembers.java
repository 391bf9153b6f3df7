package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who shares places with whom, as their processes tell.
 *
 * @param byPlace those who share one, in their order, by the id that their place is marked with:
 *     the first holds it, or is the one for whom it waits; each other waits for the one before
 */
public record PlaceMembers(Map<String, List<PlaceMember>> byPlace) {

  static final PlaceMembers NONE = new PlaceMembers(Map.of());

  /** What a store certainly takes. Those of a place beyond it are not told of. */
  private static final int MOST_CHARACTERS = 500_000;

  public PlaceMembers {
    byPlace = Map.copyOf(byPlace);
  }

  /** Those of the place that is marked with {@code id}, if anything is known of them. */
  public List<PlaceMember> of(String id) {
    return byPlace.getOrDefault(id, List.of());
  }

  /** Both. */
  public PlaceMembers and(PlaceMembers others) {
    Map<String, List<PlaceMember>> all = new HashMap<>(byPlace);
    all.putAll(others.byPlace);
    return new PlaceMembers(all);
  }

  /** The stored form: a line for each place. */
  Payload encode() {
    StringBuilder lines = new StringBuilder();
    byPlace.forEach(
        (id, sharers) -> {
          StringBuilder line = new StringBuilder(id);
          sharers.forEach(placeMember -> line.append(' ').append(placeMember.encode()));
          if (lines.length() + line.length() < MOST_CHARACTERS) {
            lines.append(line).append('\n');
          }
        });
    return Payload.utf8(lines.toString());
  }

  /** Reads the stored form, and passes over what it does not understand. */
  static PlaceMembers decode(Payload payload) {
    Map<String, List<PlaceMember>> byPlace = new HashMap<>();
    for (String line : payload.text().split("\n", -1)) {
      String[] words = line.split(" ", -1);
      List<PlaceMember> sharers = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        PlaceMember.decode(words[i]).ifPresent(sharers::add);
      }
      if (words.length > 1 && sharers.size() == words.length - 1) {
        byPlace.put(words[0], sharers);
      }
    }
    return new PlaceMembers(byPlace);
  }
}
