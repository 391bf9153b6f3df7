package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Revision;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How a queue lies in etcd: its members are the keys directly below it, by create_revision. */
final class Queues {

  private static final Comparator<KeyValue> OLDEST_FIRST =
      Comparator.comparingLong(KeyValue::getCreateRevision)
          .thenComparing(kv -> kv.getKey().toString());

  private final Keyspace keyspace;
  private final long lease;

  /**
   * @param lease of the session whose places these are
   */
  Queues(Keyspace keyspace, long lease) {
    this.keyspace = keyspace;
    this.lease = lease;
  }

  /** Places that have not been taken yet, under names of their own. */
  List<Place> fresh(List<Claim> claims) {
    Iterator<UUID> ids = Place.freshNames(claims.size()).iterator();
    return claims.stream().map(claim -> fresh(claim, ids.next())).toList();
  }

  private Place fresh(Claim claim, UUID id) {
    Key key = claim.queue().child(PlaceName.of(lease, id, claim.mode()));
    return new Place(claim.queue(), key, claim.mode(), Revision.NONE, List.<Place.Member>of());
  }

  ByteSequence bytes(Key key) {
    return keyspace.bytes(key);
  }

  /** The read that shows everyone in a queue. */
  Reader.Range members(Key queue) {
    return Reader.Range.namesBelow(keyspace.below(queue));
  }

  /** The read that shows a place and everyone who can be ahead of it. */
  Reader.Range membersUpTo(Place place) {
    return new Reader.Range(
        keyspace.below(place.queue()),
        shape ->
            shape.isPrefix(true).withKeysOnly(true).withMaxCreateRevision(place.created().value()));
  }

  /** The place as these members of its queue show it, if it is there and this session's. */
  Optional<Place> find(Place place, List<KeyValue> members) {
    ByteSequence name = keyspace.bytes(place.key());
    return members.stream()
        .filter(kv -> kv.getKey().equals(name) && kv.getLease() == lease)
        .findFirst()
        .map(own -> seen(place, own.getCreateRevision(), members));
  }

  /** The place, created at a known revision, with those of {@code members} who are ahead. */
  Place seen(Place place, long created, List<KeyValue> members) {
    List<Place.Member> ahead =
        members.stream()
            .filter(kv -> kv.getCreateRevision() < created)
            .sorted(OLDEST_FIRST)
            .map(kv -> keyspace.child(place.queue(), kv.getKey()))
            .flatMap(Optional::stream)
            .map(key -> new Place.Member(key, PlaceName.mode(key.name())))
            .toList();
    return new Place(place.queue(), place.key(), place.mode(), new Revision(created), ahead);
  }
}
