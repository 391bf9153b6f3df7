package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Revision;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How a queue lies in etcd: its members are the keys directly below it, by create_revision. */
final class Queues {

  private static final Comparator<KeyValue> OLDEST_FIRST =
      Comparator.comparingLong(KeyValue::getCreateRevision)
          .thenComparing(kv -> kv.getKey().toString());

  private final Keyspace keyspace;
  private final long lease;
  private final Slots slots = new Slots();

  /** By queue, the session's places that are being left, and when each is gone. */
  private final Map<Key, Map<Key, CompletableFuture<Void>>> leaving = new HashMap<>();

  /**
   * @param lease of the session whose places these are
   */
  Queues(Keyspace keyspace, long lease) {
    this.keyspace = keyspace;
    this.lease = lease;
  }

  /**
   * Places that have not been taken yet: the last segment of a key is its name in etcd, which
   * nothing else of this session has. To be followed by {@link #joined} or {@link #notJoined}.
   */
  List<Place> wish(List<Claim> claims) {
    return claims.stream().map(this::wish).toList();
  }

  private Place wish(Claim claim) {
    Key key = claim.queue().child(PlaceName.of(lease, slots.take(claim.queue()), claim.mode()));
    return new Place(claim.queue(), key, claim.mode(), Revision.NONE, List.<Place.Member>of());
  }

  /** The places were taken. */
  void joined(List<Place> places) {
    places.forEach(place -> slots.joined(place.key()));
  }

  /** None of the places was taken, and none will be. */
  void notJoined(List<Place> wanted) {
    wanted.forEach(place -> slots.notJoined(place.queue(), PlaceName.slot(place.key().name())));
  }

  /**
   * These places of the session are about to go.
   *
   * @param gone completes when nobody can see them any more, or the session is lost; never fails
   * @return the same, after what is to be done here then
   */
  CompletableFuture<Void> leaving(List<Key> places, CompletableFuture<Void> gone) {
    places.forEach(
        place ->
            leaving.computeIfAbsent(place.parent(), unused -> new HashMap<>()).put(place, gone));
    return gone.thenRun(
        () -> {
          places.forEach(place -> notLeaving(place, gone));
          left(places);
        });
  }

  private void notLeaving(Key place, CompletableFuture<Void> gone) {
    leaving.computeIfPresent(
        place.parent(),
        (queue, there) -> {
          there.remove(place, gone);
          return there.isEmpty() ? null : there;
        });
  }

  /** The session's places in a queue that are being left now, and when each is gone. */
  Map<Key, CompletableFuture<Void>> beingLeft(Key queue) {
    return Map.copyOf(leaving.getOrDefault(queue, Map.of()));
  }

  /** What stood under these keys is gone: of those that are places, the names can be used again. */
  void left(List<Key> keys) {
    keys.forEach(slots::left);
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

  /** The place as these members of its queue show it, if its name is there and this session's. */
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
            .map(kv -> keyspace.member(place.queue(), kv))
            .flatMap(Optional::stream)
            .map(key -> new Place.Member(key, PlaceName.mode(key.name())))
            .toList();
    return created(place, created).withAhead(ahead);
  }

  /** The place, created at a known revision. */
  static Place created(Place place, long created) {
    String name = PlaceName.lasting(PlaceName.stored(place.key().name()), created);
    return new Place(
        place.queue(),
        place.queue().child(name),
        place.mode(),
        new Revision(created),
        place.ahead());
  }
}
