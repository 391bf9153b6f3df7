package io.holdfast.zookeeper;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.UnavailableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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
final class Queues {

  private final Connection connection;
  private final Listings listings;
  private final GuardedWriter writer;
  private final Directories directories;
  private final Paths paths;
  private final GoneWatches goneWatches;
  private final LastUses lastUses;
  private final BooleanSupplier present;

  /** Where the session stands: taken by itself and not left yet. */
  private final Set<Key> own = new HashSet<>();

  /** How many joins are under way. */
  private int joining;

  /**
   * The queues of one session.
   *
   * @param present tells whether the session's presence node is known to be there, by a watch
   */
  Queues(
      Connection connection,
      Listings listings,
      GuardedWriter writer,
      Directories directories,
      Paths paths,
      Attachment attachment,
      GoneWatches goneWatches,
      BooleanSupplier present) {
    this.connection = connection;
    this.listings = listings;
    this.writer = writer;
    this.directories = directories;
    this.paths = paths;
    this.goneWatches = goneWatches;
    this.lastUses = new LastUses(goneWatches, attachment);
    this.present = present;
  }

  // Joining.

  void join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      CompletableFuture<List<Place>> places) {
    joining++;
    new Join(claims, present, payload, places, this, connection).begin();
  }

  /** True if the session stands in a queue, or is about to: its life has to be proven then. */
  boolean areInUse() {
    return joining > 0 || !own.isEmpty();
  }

  List<Seat> seats(List<Claim> claims) {
    Iterator<UUID> ids = freshIds(claims.size()).iterator();
    return claims.stream()
        .map(claim -> new Seat(claim, ids.next(), paths, connection, listings, lastUses))
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

  CompletableFuture<Outcome> write(
      List<Claim> claims, List<Key> present, List<Op> ops, Runnable behind) {
    return writer.write(
        paths(present.stream()), ops, paths(claims.stream().map(Claim::queue)), behind);
  }

  /** As {@link GuardedWriter#hasRoomForOne}. */
  boolean hasRoomForOne() {
    return writer.hasRoomForOne();
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

  /** As {@link GuardedWriter#create}. */
  CompletableFuture<Reply<Reply.Made>> create(String path, Payload payload, Runnable behind) {
    return writer.create(path, payload, behind);
  }

  /** Finds out whether the session still is what it was; if not, it ends, and all that waits. */
  void prove() {
    writer.prove();
  }

  private Set<String> paths(Stream<Key> keys) {
    return keys.map(paths::of).collect(Collectors.toSet());
  }

  /** The session stands in these from now on. */
  void taken(List<Place> places) {
    joining--;
    for (Place place : places) {
      own.add(place.key());
      if (place.isFirst()) {
        lastUses.first(paths.of(place.queue()), place.key().name());
      }
    }
  }

  /** A join has failed. */
  void notTaken() {
    joining--;
  }

  CompletableFuture<Void> makeDirectories(List<Claim> claims) {
    List<String> missing = new ArrayList<>();
    for (Claim claim : claims) {
      missing.addAll(paths.directoriesAbove(claim.queue()));
      missing.add(paths.of(claim.queue()));
    }
    return directories.make(missing);
  }

  /** As {@link GuardedWriter#upToDate}. */
  CompletableFuture<Boolean> upToDate(Runnable reads) {
    return writer.upToDate(reads);
  }

  // Looking again.

  /** Names are never used twice, so the listing itself tells whether the own place is there. */
  void refresh(Place place, CompletableFuture<Optional<Place>> looked) {
    if (!own.contains(place.key())) {
      looked.complete(Optional.empty());
      return;
    }
    listings
        .names(paths.of(place.queue()))
        .thenAccept(
            queue -> {
              if (queue.isAbsent() || isMissing(place, queue)) {
                looked.complete(Optional.empty());
              } else if (!queue.isOk()) {
                looked.completeExceptionally(
                    new UnavailableException(
                        "could not look at " + place.queue() + ": " + queue.code()));
              } else {
                looked.complete(
                    Optional.of(
                        place.withAhead(
                            Seat.ahead(place.queue(), place.key().name(), queue.value()))));
              }
            });
  }

  /**
   * Asks nobody if it need not: when only one stood ahead, and is gone, the own node is the first,
   * if it is there. A watch on it would have told before, had it been deleted before.
   */
  void refreshAfter(Place place, Key ahead, CompletableFuture<Optional<Place>> looked) {
    String ownPath = paths.of(place.key());
    boolean nextInTurn = own.contains(place.key()) && nobodyElseCanStandBefore(place);
    if (nextInTurn) {
      // Left to fire when the node is deleted: to take it away costs more than to be told.
      goneWatches.watch(ownPath, new CompletableFuture<>());
    }
    CompletableFuture<Void> gone = new CompletableFuture<>();
    goneWatches.watch(paths.of(ahead), gone);
    gone.thenRun(
        () -> {
          boolean stillThere = own.contains(place.key()) && goneWatches.seen(ownPath).isPresent();
          if (nextInTurn && stillThere) {
            looked.complete(Optional.of(place.withAhead(List.of())));
          } else {
            refresh(place, looked);
          }
        });
    looked.whenComplete((found, failure) -> gone.cancel(false));
  }

  /**
   * Not so among readers and writers: a writer of Curator's that goes on as a reader gives its new
   * node the number of its old one, and so a place before those who came meanwhile.
   */
  private static boolean nobodyElseCanStandBefore(Place place) {
    return place.mode().equals(Claim.EXCLUSIVE)
        && place.ahead().size() == 1
        && place.ahead().get(0).mode().equals(Claim.EXCLUSIVE);
  }

  private static boolean isMissing(Place place, Reply<List<String>> queue) {
    return queue.isOk() && !queue.value().contains(place.key().name());
  }

  // Leaving.

  void leave(List<Place> places, CompletableFuture<Void> left) {
    for (Place place : places) {
      own.remove(place.key());
      lastUses.leaving(paths.of(place.queue()), place.key().name());
    }
    delete(
        places.stream().map(place -> paths.of(place.key())).distinct().toList(),
        () -> {
          places.forEach(place -> lastUses.left(paths.of(place.queue()), place.key().name()));
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
              if (outcome instanceof Outcome.Done || outcome instanceof Outcome.DoneUnseen) {
                then.run();
              } else if (outcome instanceof Outcome.Refused refused) {
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

  private static List<String> withoutRefused(List<String> nodes, Outcome.Refused refused) {
    List<String> rest = new ArrayList<>(nodes);
    rest.remove(refused.index());
    return rest;
  }
}
