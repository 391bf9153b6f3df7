package io.holdfast.etcd.internal.queue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.PlaceName;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import io.holdfast.spi.SessionPlaces;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The session's places in queues: a queue's members are the keys directly below it, by
 * create_revision. In the context.
 */
public final class Queues {

  private final Keyspace keyspace;
  private final long lease;
  private final Slots slots = new Slots();
  private final SessionPlaces own = new SessionPlaces();

  /** By queue, the session's places that are being left, and when each is gone. */
  private final Map<Key, Map<Key, CompletableFuture<Void>>> leaving = new HashMap<>();

  /**
   * @param lease of the session whose places these are
   */
  public Queues(Keyspace keyspace, long lease) {
    this.keyspace = keyspace;
    this.lease = lease;
  }

  /** Where the session stands. */
  public SessionPlaces own() {
    return own;
  }

  /**
   * Places that have not been taken yet: the last segment of a key is its name in etcd, which
   * nothing else of this session has. To be followed by {@link #joined} or {@link #notJoined}.
   */
  List<Place> wish(List<Claim> claims) {
    return claims.stream().map(this::wish).toList();
  }

  private Place wish(Claim claim) {
    String name = PlaceName.of(lease, slots.take(claim.queue()), claim.mode());
    return new Place(claim, claim.queue().child(name), Revision.NONE);
  }

  /** The places were taken. */
  void joined(List<Place> places) {
    places.forEach(place -> slots.joined(place.key()));
    own.taken(places);
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
  public CompletableFuture<Void> leaving(List<Key> places, CompletableFuture<Void> gone) {
    for (Key place : places) {
      own.leaving(place);
      leaving.computeIfAbsent(place.parent(), unused -> new HashMap<>()).put(place, gone);
    }
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
  public void left(List<Key> keys) {
    keys.forEach(slots::left);
    keys.forEach(own::gone);
  }

  ByteSequence bytes(Key key) {
    return keyspace.bytes(key);
  }

  /** The read that shows the last {@code limit} members of a queue; of all of them, if it is 0. */
  Reader.Range members(Key queue, int limit) {
    return QueueReader.latest(keyspace, queue, limit);
  }

  /** What {@link #members} has shown. */
  QueueListing queueListing(Key queue, io.etcd.jetcd.kv.GetResponse read, int limit) {
    return QueueReader.listing(keyspace, queue, read, limit);
  }

  /** The place, if what stands under its name is this session's. */
  Optional<Place> find(Place place, List<KeyValue> there) {
    return there.stream()
        .filter(kv -> kv.getLease() == lease)
        .findFirst()
        .map(kv -> created(place, kv.getCreateRevision()));
  }

  /** The place, created at a known revision. */
  static Place created(Place place, long created) {
    String name = PlaceName.lasting(PlaceName.stored(place.key().name()), created);
    return new Place(place.claim(), place.queue().child(name), new Revision(created));
  }
}
