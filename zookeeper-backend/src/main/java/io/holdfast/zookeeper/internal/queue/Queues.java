package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Context;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import io.holdfast.spi.QueueWaits;
import io.holdfast.spi.SessionLife;
import io.holdfast.spi.SessionPlaces;
import io.holdfast.spi.SharedReads;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.ConnectionObservers;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.DeletionWatches;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.QueueReader;
import io.holdfast.zookeeper.internal.write.Directories;
import io.holdfast.zookeeper.internal.write.GuardedWriter;
import io.holdfast.zookeeper.internal.write.WriteOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/** Takes places in queues, looks at them, leaves them. Used in the context only. */
public final class Queues implements QueueWaits.Store {

  private final Connection connection;
  private final QueueReader queueReader;
  private final GuardedWriter writer;
  private final Directories directories;
  private final Paths paths;
  private final DeletionWatches goneWatches;
  private final UncontendedQueues uncontendedQueues;
  private final BooleanSupplier present;

  /** Where the session stands: taken by itself and not left yet. */
  private final SessionPlaces own = new SessionPlaces();

  private final SharedReads<QueueListing> looks = new SharedReads<>(this::list);
  private final QueueWaits waits;

  /** How many joins are under way. */
  private int joining;

  /**
   * The queues of one session.
   *
   * @param present tells whether the session's presence node is known to be there, by a watch
   */
  public Queues(
      Connection connection,
      QueueReader queueReader,
      GuardedWriter writer,
      Directories directories,
      Paths paths,
      ConnectionObservers connectionObservers,
      DeletionWatches goneWatches,
      BooleanSupplier present,
      Context context,
      SessionLife life) {
    this.connection = connection;
    this.queueReader = queueReader;
    this.writer = writer;
    this.directories = directories;
    this.paths = paths;
    this.goneWatches = goneWatches;
    this.uncontendedQueues = new UncontendedQueues(goneWatches, connectionObservers);
    this.present = present;
    this.waits = new QueueWaits(context, own, life, this);
  }

  // Joining.

  public void join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      CompletableFuture<List<Place>> places) {
    joining++;
    new Join(claims, present, payload, places, this, connection, writer).begin();
  }

  /** True if the session stands in a queue, or is about to: its life has to be proven then. */
  public boolean areInUse() {
    return joining > 0 || !own.isEmpty();
  }

  List<PendingPlace> seats(List<Claim> claims) {
    Iterator<UUID> ids = freshIds(claims.size()).iterator();
    return claims.stream()
        .map(
            claim ->
                new PendingPlace(
                    claim,
                    ids.next(),
                    paths,
                    connection,
                    queueReader,
                    uncontendedQueues,
                    own.standsIn(claim.queue())))
        .toList();
  }

  /**
   * Ids that nobody has had or will have, ascending as texts: nodes that one write made are then
   * listed in the order of their claims.
   */
  private static List<UUID> freshIds(int count) {
    return Stream.generate(UUID::randomUUID)
        .limit(count)
        .sorted(Comparator.comparing(UUID::toString))
        .toList();
  }

  CompletableFuture<WriteOutcome> write(
      List<Claim> claims, List<Key> present, List<Op> ops, Runnable behind) {
    return writer.write(
        paths(present.stream()), ops, paths(claims.stream().map(Claim::queue)), behind);
  }

  Conditions conditions(List<Key> present) {
    return Conditions.of(writer.presence(), present, paths);
  }

  /**
   * True if watches tell that the conditions hold, which then hold for whatever was answered on the
   * connection before now. Sets those watches for the next time.
   */
  boolean areSeen(Conditions conditions, Revision created) {
    boolean seen = present.getAsBoolean();
    for (String other : conditions.others()) {
      if (!goneWatches.watches(other)) {
        goneWatches.watch(other, new CompletableFuture<>());
      }
      seen &= goneWatches.seen(other).filter(stat -> stat.getCzxid() < created.value()).isPresent();
    }
    return seen;
  }

  private Set<String> paths(Stream<Key> keys) {
    return keys.map(paths::of).collect(Collectors.toSet());
  }

  /** The session stands in these from now on. */
  void taken(List<Place> places) {
    joining--;
    own.taken(places);
  }

  /** What a join has shown of them. */
  void joined(List<Place> places) {
    for (Place place : places) {
      waits.seen(place);
      if (place.isFirst()) {
        uncontendedQueues.first(paths.of(place.queue()), place.key().name());
      }
    }
  }

  /** A join has failed. */
  void notTaken() {
    joining--;
  }

  /** The place is not there any more. */
  public void gone(Key place) {
    own.gone(place);
  }

  CompletableFuture<Void> makeDirectories(List<Claim> claims) {
    List<String> missing = new ArrayList<>();
    for (Claim claim : claims) {
      missing.addAll(paths.directoriesAbove(claim.queue()));
      missing.add(paths.of(claim.queue()));
    }
    return directories.make(missing);
  }

  // Looking again.

  private CompletableFuture<QueueListing> list(List<Place> places) {
    Key queue = places.get(0).queue();
    return queueReader
        .names(paths.of(queue))
        .thenApply(
            names -> {
              if (!names.isOk() && !names.isAbsent()) {
                throw Refusals.or(
                    names.code(),
                    paths.of(queue),
                    "could not look at " + queue + ": " + names.code());
              }
              return QueueNode.listing(queue, names.isOk() ? names.value() : List.of());
            });
  }

  /** Names are never used twice, so the listing itself tells whether the own place is there. */
  @Override
  public CompletableFuture<Optional<Place>> look(Place place) {
    return looks.ask(place).thenApply(listing -> listing.find(place));
  }

  /** A watch, set as soon as it was next in turn, would have told had it been deleted before. */
  @Override
  public CompletableFuture<Boolean> isThere(Place place) {
    String path = paths.of(place.key());
    return goneWatches.seen(path).isPresent()
        ? CompletableFuture.completedFuture(true)
        : connection.stat(path).thenApply(Reply::isOk);
  }

  /**
   * Not so among readers and writers: a writer of Curator's that goes on as a reader gives its new
   * node the number of its old one, and so a place before those who came meanwhile.
   */
  @Override
  public boolean nobodyComesBetween(Place place, Place.Member nearest) {
    return place.mode().equals(Claim.EXCLUSIVE) && nearest.mode().equals(Claim.EXCLUSIVE);
  }

  /** Left to fire when the node is deleted: to take the watch away costs more than to be told. */
  @Override
  public void isNext(Place place) {
    goneWatches.watch(paths.of(place.key()), new CompletableFuture<>());
  }

  @Override
  public Runnable watch(Key key, Runnable onGone) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    goneWatches.watch(paths.of(key), gone);
    gone.thenRun(onGone);
    return () -> gone.cancel(false);
  }

  public QueueWaits waits() {
    return waits;
  }

  /**
   * Looks who is ahead of a place that was just taken, until there is an answer.
   *
   * @return the place, taken away if it is not there any more; fails if it must not be looked at
   */
  CompletableFuture<Place> see(Place taken) {
    CompletableFuture<Place> seen = new CompletableFuture<>();
    waits
        .look(taken)
        .whenComplete(
            (found, failure) -> {
              if (failure == null) {
                seen.complete(found.orElseGet(taken::takenAway));
              } else if (Futures.unwrapped(failure) instanceof AccessRefusedException) {
                seen.completeExceptionally(Futures.unwrapped(failure));
              } else {
                writer.prove().thenRun(() -> Futures.pass(see(taken), seen));
              }
            });
    return seen;
  }

  // Leaving.

  public void leave(List<Place> places, CompletableFuture<Void> left) {
    for (Place place : places) {
      own.leaving(place.key());
      uncontendedQueues.leaving(paths.of(place.queue()), place.key().name());
    }
    delete(
        places.stream().map(place -> paths.of(place.key())).distinct().toList(),
        () -> {
          for (Place place : places) {
            uncontendedQueues.left(paths.of(place.queue()), place.key().name());
            own.gone(place.key());
          }
          left.complete(null);
        });
  }

  /** Deletes nodes whose names nobody else uses, as often as it takes. */
  void delete(List<String> nodes, Runnable then) {
    if (nodes.isEmpty()) {
      then.run();
    } else if (writer.hasRoomForOne()) {
      writer
          .delete(nodes)
          .thenAccept(
              gone -> {
                if (gone) {
                  then.run();
                } else {
                  deleteTogether(nodes, then);
                }
              });
    } else {
      deleteTogether(nodes, then);
    }
  }

  private void deleteTogether(List<String> nodes, Runnable then) {
    writer
        .write(nodes.stream().map(node -> Op.delete(node, Connection.ANY_VERSION)).toList())
        .thenAccept(
            outcome -> {
              if (outcome instanceof WriteOutcome.Done
                  || outcome instanceof WriteOutcome.DoneUnseen) {
                then.run();
              } else if (outcome instanceof WriteOutcome.Refused refused) {
                if (refused.index() >= 0 && isNotThereOrNotOurs(refused.code())) {
                  delete(withoutRefused(nodes, refused), then);
                } else {
                  writer.later(() -> delete(nodes, then));
                }
              } else {
                delete(nodes, then);
              }
            });
  }

  /** All other refusals say nothing about the node. */
  private static boolean isNotThereOrNotOurs(Code code) {
    return code == Code.NONODE || code == Code.NOTEMPTY || Refusals.is(code);
  }

  private static List<String> withoutRefused(List<String> nodes, WriteOutcome.Refused refused) {
    List<String> rest = new ArrayList<>(nodes);
    rest.remove(refused.index());
    return rest;
  }
}
