package io.holdfast.zookeeper;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * One join under way.
 *
 * <p>It is one {@code multi} of ephemeral sequential nodes with a listing of each queue sent right
 * behind it: one round trip. A list sent behind a write of the same session shows it, and nobody
 * who comes later is ever in front, so the list holds everybody who stood ahead when the join
 * committed, save those who have left since.
 *
 * <p>When the reply was lost, the nodes are looked for by their unique names. They count only if
 * this very session owns them: a node that an earlier session left behind would vanish under the
 * holder (CURATOR-604). Used in the context only.
 */
final class Join {

  private static final int MOST_TRIES = 20;

  private final List<Claim> claims;
  private final List<Key> present;
  private final Payload payload;
  private final CompletableFuture<List<Place>> places;
  private final Queues queues;
  private final Connection connection;
  private List<Seat> seats = List.of();
  private int tries;

  Join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      CompletableFuture<List<Place>> places,
      Queues queues,
      Connection connection) {
    this.claims = claims;
    this.present = present;
    this.payload = payload;
    this.places = places;
    this.queues = queues;
    this.connection = connection;
  }

  /** Takes new seats and writes them. */
  void begin() {
    tries++;
    if (tries > MOST_TRIES) {
      fail(
          new UnavailableException(
              "no place taken in "
                  + claims
                  + ": the connection breaks, or its directories vanish, again and again"));
      return;
    }
    seats = queues.seats(claims);
    List<Op> creates = seats.stream().map(seat -> seat.create(payload)).toList();
    queues
        .write(claims, present, creates, () -> seats.forEach(Seat::list))
        .thenAccept(this::written);
  }

  private void written(Outcome outcome) {
    if (outcome instanceof Outcome.Done done) {
      await(Seat::listing, () -> seated(done));
    } else if (outcome instanceof Outcome.Unmet) {
      fail(new GuardFailedException("no place was taken: not all of " + present + " are there"));
    } else if (outcome instanceof Outcome.Refused refused) {
      refused(refused.code());
    } else if (outcome instanceof Outcome.Undone) {
      begin();
    } else {
      find();
    }
  }

  private void seated(Outcome.Done done) {
    if (!seats.stream().allMatch(seat -> seat.listing().join().isOk())) {
      find();
      return;
    }
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < seats.size(); i++) {
      String path = ((OpResult.CreateResult) done.results().get(i)).getPath();
      taken.add(seats.get(i).place(Paths.name(path), done.revision()));
    }
    take(taken);
  }

  private void take(List<Place> taken) {
    queues.taken(taken);
    places.complete(taken);
  }

  private void refused(Code code) {
    switch (code) {
      case NONODE -> queues.makeDirectories(claims).thenRun(this::begin);
      case NOCHILDRENFOREPHEMERALS ->
          fail(new IllegalArgumentException("a queue below a key that dies with its session"));
      default ->
          fail(
              Refusals.or(
                  code,
                  String.valueOf(claims),
                  "ZooKeeper lets nobody stand in " + claims + ": " + code));
    }
  }

  // After a lost reply.

  private void find() {
    queues.inStep(() -> await(Seat::list, () -> await(Seat::lookAtOwn, this::found)));
  }

  private void found() {
    if (seats.stream().anyMatch(Seat::lookWasLost)) {
      find();
    } else if (seats.stream().allMatch(seat -> seat.isOwnedBy(connection.sessionId()))) {
      take(
          seats.stream()
              .map(seat -> seat.place(seat.foundName(), new Revision(seat.found().getCzxid())))
              .toList());
    } else {
      // Not taken, or somebody has thrown some of the nodes out since: begin anew with none.
      List<String> rest =
          seats.stream()
              .filter(seat -> !seat.foundName().isEmpty())
              .map(seat -> seat.path(seat.foundName()))
              .toList();
      queues.delete(rest, this::begin);
    }
  }

  private void await(Function<Seat, CompletableFuture<?>> what, Runnable then) {
    CompletableFuture.allOf(seats.stream().map(what).toArray(CompletableFuture[]::new))
        .thenRun(then);
  }

  private void fail(RuntimeException why) {
    places.completeExceptionally(why);
  }
}
