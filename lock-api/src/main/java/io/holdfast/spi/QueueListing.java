package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * For backends: who stands in a queue at one revision, or the latest of them, the front first. Many
 * places of a session can be found in one listing.
 *
 * @param members those that were read
 * @param index where each of them is among {@code members}
 * @param whole false if others may be in front of {@code members}
 * @param others how many others there are, or more than that
 */
public record QueueListing(
    List<Place.Member> members, Map<Key, Integer> index, boolean whole, int others) {

  /** All who stand in a queue. */
  public static QueueListing whole(List<Place.Member> members) {
    return new QueueListing(members, indexOf(members), true, 0);
  }

  /** The latest of them, with {@code others} in front or fewer. */
  public static QueueListing latest(List<Place.Member> members, int others) {
    return new QueueListing(members, indexOf(members), false, others);
  }

  private static Map<Key, Integer> indexOf(List<Place.Member> members) {
    Map<Key, Integer> index = new HashMap<>();
    for (Place.Member member : members) {
      index.put(member.key(), index.size());
    }
    return index;
  }

  /** The same, but for some. */
  public QueueListing without(Set<Key> some) {
    if (some.stream().noneMatch(index::containsKey)) {
      return this;
    }
    List<Place.Member> rest =
        members.stream().filter(member -> !some.contains(member.key())).toList();
    return new QueueListing(rest, indexOf(rest), whole, others);
  }

  /** The place with those ahead of it; empty if it is not there, or not enough was read. */
  public Optional<Place> find(Place place) {
    Integer at = index.get(place.key());
    if (at == null) {
      return Optional.empty();
    }
    if (whole) {
      return Optional.of(place.seeing(members.subList(0, at)));
    }
    boolean enough = place.claim().shown() == Claim.Shown.NEAREST && at >= Claim.NEAREST_SHOWN;
    return enough
        ? Optional.of(place.withAhead(members.subList(at - Claim.NEAREST_SHOWN, at), at + others))
        : Optional.empty();
  }
}
