package io.holdfast.zookeeper;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.UnavailableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.zookeeper.Op;

/** Takes places in queues, looks at them, leaves them. Used in the context only. */
final class Queues {

  private static final int ANY_VERSION = -1;

  private final Connection connection;
  private final GuardedWriter writer;
  private final Directories directories;
  private final Paths paths;
  private final Attachment attachment;

  Queues(
      Connection connection,
      GuardedWriter writer,
      Directories directories,
      Paths paths,
      Attachment attachment) {
    this.connection = connection;
    this.writer = writer;
    this.directories = directories;
    this.paths = paths;
    this.attachment = attachment;
  }

  // Joining.

  void join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      CompletableFuture<List<Place>> places) {
    new Join(claims, present, payload, places, this, connection).begin();
  }

  /** The condition that a key is there. */
  Op check(Key key) {
    return Op.check(paths.of(key), ANY_VERSION);
  }

  List<Seat> seats(List<Claim> claims) {
    Iterator<UUID> ids = Place.freshNames(claims.size()).iterator();
    return claims.stream().map(claim -> new Seat(claim, ids.next(), paths, connection)).toList();
  }

  CompletableFuture<Outcome> write(List<Claim> claims, List<Op> ops, Runnable behind) {
    Set<String> apart =
        claims.stream().map(claim -> paths.of(claim.queue())).collect(Collectors.toSet());
    return writer.write(ops, apart, behind);
  }

  CompletableFuture<Void> makeDirectories(List<Claim> claims) {
    List<String> missing = new ArrayList<>();
    for (Claim claim : claims) {
      missing.addAll(paths.directoriesAbove(claim.queue()));
      missing.add(paths.of(claim.queue()));
    }
    return directories.make(missing);
  }

  /** Runs {@code reads} so that they see whatever the leader has done until now. */
  void inStep(Runnable reads) {
    attachment.whenAttached(
        () -> {
          connection.sync(paths.sessions());
          reads.run();
        });
  }

  // Looking again.

  void refresh(Place place, CompletableFuture<Optional<Place>> looked) {
    CompletableFuture<Reply<Reply.Children>> listing = connection.children(paths.of(place.queue()));
    connection
        .stat(paths.of(place.key()))
        .thenAccept(
            own -> {
              Reply<Reply.Children> queue = listing.join();
              if (own.isAbsent() || queue.isAbsent()) {
                looked.complete(Optional.empty());
              } else if (!own.isOk() || !queue.isOk()) {
                looked.completeExceptionally(
                    new UnavailableException(
                        "could not look at " + place.queue() + ": " + own.code()));
              } else if (own.value().getEphemeralOwner() != connection.sessionId()) {
                looked.complete(Optional.empty());
              } else {
                looked.complete(
                    Optional.of(
                        place.withAhead(
                            Seat.ahead(place.queue(), place.key().name(), queue.value().names()))));
              }
            });
  }

  // Leaving.

  void leave(List<Place> places, CompletableFuture<Void> left) {
    delete(
        places.stream().map(place -> paths.of(place.key())).distinct().toList(),
        () -> left.complete(null));
  }

  /** Deletes nodes whose names nobody else uses, as often as it takes. */
  void delete(List<String> nodes, Runnable then) {
    if (nodes.isEmpty()) {
      then.run();
      return;
    }
    writer
        .write(nodes.stream().map(node -> Op.delete(node, ANY_VERSION)).toList())
        .thenAccept(
            outcome -> {
              if (outcome instanceof Outcome.Done || outcome instanceof Outcome.DoneUnseen) {
                then.run();
              } else if (outcome instanceof Outcome.Refused refused) {
                delete(withoutRefused(nodes, refused), then);
              } else {
                delete(nodes, then);
              }
            });
  }

  /** A node that cannot be deleted is gone, or is none of ours. */
  private static List<String> withoutRefused(List<String> nodes, Outcome.Refused refused) {
    if (refused.index() < 0) {
      return List.of();
    }
    List<String> rest = new ArrayList<>(nodes);
    rest.remove(refused.index());
    return rest;
  }
}
