package io.holdfast.etcd;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.holdfast.coordination.Key;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who stands in a queue at one revision, or the latest of them, the front first. Many places of a
 * session can be found in one listing.
 *
 * @param members those that were read
 * @param index where each of them is among {@code members}
 * @param whole false if others may be in front of {@code members}
 * @param others how many others there are, or more than that
 */
record QueueListing(
    List<Place.Member> members, Map<Key, Integer> index, boolean whole, int others) {

  private static final Comparator<KeyValue> OLDEST_FIRST =
      Comparator.comparingLong(KeyValue::getCreateRevision)
          .thenComparing(kv -> kv.getKey().toString());

  /**
   * The answer to a read of a queue's names.
   *
   * @param limit what the read was limited to; 0 if it was not
   */
  static QueueListing of(Keyspace keyspace, Key queue, GetResponse read, int limit) {
    List<KeyValue> kvs = new ArrayList<>(read.getKvs());
    kvs.sort(OLDEST_FIRST);
    List<Place.Member> members =
        kvs.stream()
            .map(kv -> keyspace.member(queue, kv))
            .flatMap(Optional::stream)
            .map(key -> new Place.Member(key, PlaceName.mode(key.name())))
            .toList();
    boolean whole = limit == 0 || kvs.size() < limit;
    return new QueueListing(
        members, indexOf(members), whole, whole ? 0 : (int) read.getCount() - kvs.size());
  }

  /** The same, but for some. */
  QueueListing without(Set<Key> some) {
    if (some.stream().noneMatch(index::containsKey)) {
      return this;
    }
    List<Place.Member> rest =
        members.stream().filter(member -> !some.contains(member.key())).toList();
    return new QueueListing(rest, indexOf(rest), whole, others);
  }

  private static Map<Key, Integer> indexOf(List<Place.Member> members) {
    Map<Key, Integer> index = new HashMap<>();
    for (Place.Member member : members) {
      index.put(member.key(), index.size());
    }
    return index;
  }

  /** The place with those ahead of it; empty if it is not there, or not enough was read. */
  Optional<Place> find(Place place) {
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
