package io.holdfast.etcd.internal.queue;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.read.DeletionWatch;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.PlaceName;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import io.holdfast.spi.QueueWaits;
import io.holdfast.spi.SharedReads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks who is ahead of places of the session. In the context.
 *
 * <p>etcd reads all of a queue to say who is in some part of it, so those who look at about the
 * same time share one read. What comes over the wire is the latest members only, as long as nobody
 * wants to be shown everybody; should these be too few, the whole queue is read.
 */
public final class QueueReader implements QueueWaits.Store {

  private static final Comparator<KeyValue> OLDEST_FIRST =
      Comparator.comparingLong(KeyValue::getCreateRevision)
          .thenComparing(kv -> kv.getKey().toString());

  private final SessionContext scope;
  private final Reader reader;
  private final Keyspace keyspace;
  private final SharedReads<QueueListing> quick = new SharedReads<>(this::readLatest);
  private final SharedReads<QueueListing> thorough = new SharedReads<>(this::readAll);

  public QueueReader(SessionContext scope, Reader reader, Keyspace keyspace) {
    this.scope = scope;
    this.reader = reader;
    this.keyspace = keyspace;
  }

  @Override
  public CompletableFuture<Optional<Place>> look(Place place) {
    return quick
        .ask(place)
        .handle(
            (listing, failure) -> failure == null ? listing.find(place) : Optional.<Place>empty())
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found)
                    : thorough.ask(place).thenApply(all -> all.find(place)));
  }

  /** Costs the same however long the queue is. */
  @Override
  public CompletableFuture<Boolean> isThere(Place place) {
    long created = place.created().value();
    return reader
        .read(Reader.Freshness.SEQUENTIAL, Reader.Range.nameOnly(keyspace.bytes(place.key())))
        .thenApply(
            result ->
                result.ranges().get(0).getKvs().stream()
                    .anyMatch(kv -> kv.getCreateRevision() == created));
  }

  @Override
  public boolean nobodyComesBetween(Place place, Place.Member nearest) {
    return place.claim().shown() == Claim.Shown.NEAREST;
  }

  /** With jetcd each watch is a stream of its own. */
  @Override
  public Runnable watch(Key key, Runnable onGone) {
    DeletionWatch watch =
        new DeletionWatch(scope, reader, keyspace.bytes(key), Keyspace.created(key), onGone);
    watch.start();
    return watch::stop;
  }

  /**
   * The answer to a read of {@link #latest}.
   *
   * @param limit what the read was limited to; 0 if it was not
   */
  static QueueListing listing(Keyspace keyspace, Key queue, GetResponse read, int limit) {
    List<KeyValue> kvs = new ArrayList<>(read.getKvs());
    kvs.sort(OLDEST_FIRST);
    List<Place.Member> members =
        kvs.stream()
            .map(kv -> keyspace.member(queue, kv))
            .flatMap(Optional::stream)
            .map(key -> new Place.Member(key, PlaceName.mode(key.name())))
            .toList();
    return limit == 0 || kvs.size() < limit
        ? QueueListing.whole(members)
        : QueueListing.latest(members, (int) read.getCount() - kvs.size());
  }

  /**
   * The read that shows the last of a queue.
   *
   * @param limit how many; 0 is no limit
   */
  static Reader.Range latest(Keyspace keyspace, Key queue, int limit) {
    return upTo(keyspace, queue, limit, 0);
  }

  private static Reader.Range upTo(Keyspace keyspace, Key queue, int limit, long revision) {
    return new Reader.Range(
        keyspace.below(queue),
        shape -> {
          GetOption.Builder names = shape.isPrefix(true).withKeysOnly(true);
          if (revision > 0) {
            names.withMaxCreateRevision(revision);
          }
          return limit == 0
              ? names
              : names
                  .withSortField(GetOption.SortTarget.CREATE)
                  .withSortOrder(GetOption.SortOrder.DESCEND)
                  .withLimit(limit);
        });
  }

  /** Enough if they stand one behind the other, or by turns with others. */
  private CompletableFuture<QueueListing> readLatest(List<Place> places) {
    int limit =
        places.stream().allMatch(place -> place.claim().shown() == Claim.Shown.NEAREST)
            ? 2 * places.size() + Claim.NEAREST_SHOWN
            : 0;
    long latest = places.stream().mapToLong(place -> place.created().value()).max().orElseThrow();
    Key queue = places.get(0).queue();
    return read(Reader.Freshness.SEQUENTIAL, queue, limit, latest);
  }

  private CompletableFuture<QueueListing> readAll(List<Place> places) {
    return read(Reader.Freshness.LINEARIZABLE, places.get(0).queue(), 0, 0);
  }

  private CompletableFuture<QueueListing> read(
      Reader.Freshness freshness, Key queue, int limit, long revision) {
    return reader
        .read(freshness, upTo(keyspace, queue, limit, revision))
        .thenApply(result -> listing(keyspace, queue, result.ranges().get(0), limit));
  }
}
