package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Place;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.QueueReader;
import io.holdfast.zookeeper.internal.write.GuardedWriter;
import io.holdfast.zookeeper.internal.write.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One join under way.
 *
 * <p>It is one {@code multi} of ephemeral sequential nodes with a listing of each queue sent right
 * behind it: one round trip. A list sent behind a write of the same session shows it, and nobody
 * who comes later is ever in front, so the list holds everybody who stood ahead when the join
 * committed, save those who have left since.
 *
 * <p>A single place, while the session has nothing under way that it could go along with, is a
 * plain {@code create}: much less work for the servers. What the {@code multi} would have checked
 * before is read behind it: see {@link Conditions}.
 *
 * <p>Nothing is read at all if the number of the new node tells that nobody else is in the queue
 * (see {@link UncontendedQueues}) and watches tell that the conditions hold.
 *
 * <p>When the reply was lost, the nodes are looked for by their unique names. They count only if
 * this very session owns them: a node that an earlier session left behind would vanish under the
 * holder (CURATOR-604). Used in the context only.
 */
final class Join {

  private static final int MOST_TRIES = 20;

  /** Later than any that there is. */
  private static final Revision LATEST = new Revision(Long.MAX_VALUE);

  private final List<Claim> claims;
  private final List<Key> present;
  private final Payload payload;
  private final CompletableFuture<List<Place>> places;
  private final Queues queues;
  private final Connection connection;
  private final GuardedWriter writer;
  private final Conditions conditions;
  private List<PendingPlace> seats = List.of();
  private int tries;

  /** True if the conditions were no part of the write. */
  private boolean alone;

  /** False once it has turned out that the conditions cannot be read afterwards. */
  private boolean mayGoAlone = true;

  Join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      CompletableFuture<List<Place>> places,
      Queues queues,
      Connection connection,
      GuardedWriter writer) {
    this.claims = claims;
    this.present = present;
    this.payload = payload;
    this.places = places;
    this.queues = queues;
    this.connection = connection;
    this.writer = writer;
    this.conditions = queues.conditions(present);
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
    alone = mayGoAlone && seats.size() == 1 && writer.hasRoomForOne();
    if (alone) {
      createAlone(seats.get(0));
    } else {
      createTogether();
    }
  }

  private void createAlone(PendingPlace pendingPlace) {
    if (pendingPlace.mayBeNext() && queues.areSeen(conditions, LATEST)) {
      writer
          .create(pendingPlace.prefix(), payload, () -> {})
          .thenAccept(created -> createdBlind(pendingPlace, created));
      return;
    }
    CompletableFuture<Reply<List<OpResult>>> looks = new CompletableFuture<>();
    CompletableFuture<Reply<Reply.Made>> created =
        writer.create(
            pendingPlace.prefix(), payload, () -> look(pendingPlace).thenAccept(looks::complete));
    looks.thenAccept(looked -> createdAlone(pendingPlace, created.join(), looked));
  }

  /** Reads what a {@code multi} would have checked, and who is in the queue. */
  private CompletableFuture<Reply<List<OpResult>>> look(PendingPlace pendingPlace) {
    List<Op> reads = new ArrayList<>(conditions.reads());
    if (!pendingPlace.isBehindOwn()) {
      reads.add(pendingPlace.lookAtQueue());
    }
    return connection.multi(reads);
  }

  private void createdBlind(PendingPlace pendingPlace, Reply<Reply.Made> created) {
    if (!created.isOk()) {
      notCreated(created);
      return;
    }
    String name = Paths.name(created.value().path());
    Revision revision = new Revision(created.value().stat().getCzxid());
    if (pendingPlace.isAlone(name) && queues.areSeen(conditions, revision)) {
      take(List.of(pendingPlace.place(name, revision)));
    } else {
      look(pendingPlace).thenAccept(looked -> createdAlone(pendingPlace, created, looked));
    }
  }

  private void createdAlone(
      PendingPlace pendingPlace, Reply<Reply.Made> created, Reply<List<OpResult>> looked) {
    List<OpResult> answers = looked.valueOrNull();
    if (!created.isOk()) {
      notCreated(created);
    } else if (answers == null) {
      find();
    } else if (pendingPlace.isBehindOwn()) {
      Reply.Made made = created.value();
      confirm(
          pendingPlace.unseen(Paths.name(made.path()), new Revision(made.stat().getCzxid())),
          answers);
    } else {
      int last = answers.size() - 1;
      pendingPlace.listed(QueueReader.names(answers.get(last)));
      Stat made = created.value().stat();
      String path = created.value().path();
      unlessUnlisted(
          List.of(path),
          () ->
              confirm(
                  pendingPlace.place(Paths.name(path), new Revision(made.getCzxid())),
                  answers.subList(0, last)));
    }
  }

  private void notCreated(Reply<?> created) {
    if (created.isLost()) {
      find();
    } else if (created.code() != Code.SESSIONEXPIRED) {
      refused(created.code());
    }
  }

  /** Takes the place only if all was there that had to be. */
  private void confirm(Place place, @Nullable List<OpResult> looks) {
    List<String> node = List.of(seats.get(0).path(place.key().name()));
    Conditions.Verdict verdict =
        looks == null ? Conditions.Verdict.UNKNOWN : Conditions.judge(looks, place.created());
    switch (verdict) {
      case MET -> take(List.of(place));
      case UNMET -> queues.delete(node, this::failUnmet);
      case SESSION_GONE -> writer.prove();
      case UNKNOWN -> {
        mayGoAlone = false;
        queues.delete(node, this::begin);
      }
    }
  }

  private void createTogether() {
    List<Op> creates = seats.stream().map(pendingPlace -> pendingPlace.create(payload)).toList();
    queues
        .write(claims, present, creates, () -> seats.forEach(PendingPlace::listUnlessNext))
        .thenAccept(this::written);
  }

  private void written(WriteOutcome outcome) {
    if (outcome instanceof WriteOutcome.Done done) {
      created(done);
    } else if (outcome instanceof WriteOutcome.Unmet) {
      failUnmet();
    } else if (outcome instanceof WriteOutcome.Refused refused) {
      refused(refused.code());
    } else if (outcome instanceof WriteOutcome.Undone) {
      begin();
    } else {
      find();
    }
  }

  private void created(WriteOutcome.Done done) {
    List<String> paths =
        done.results().stream().map(made -> ((OpResult.CreateResult) made).getPath()).toList();
    for (int i = 0; i < seats.size(); i++) {
      seats.get(i).arrived(Paths.name(paths.get(i)));
    }
    await(
        pendingPlace ->
            pendingPlace.isBehindOwn()
                ? CompletableFuture.completedFuture(null)
                : pendingPlace.listing(),
        () -> unlessUnlisted(paths, () -> seated(paths, done.revision())));
  }

  private void seated(List<String> paths, Revision created) {
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < seats.size(); i++) {
      String name = Paths.name(paths.get(i));
      PendingPlace pendingPlace = seats.get(i);
      taken.add(
          pendingPlace.isBehindOwn()
              ? pendingPlace.unseen(name, created)
              : pendingPlace.place(name, created));
    }
    take(taken);
  }

  /** Goes on with the listings of all queues; without leave to read them, no place can be held. */
  private void unlessUnlisted(List<String> paths, Runnable then) {
    List<Reply<List<String>>> missing =
        seats.stream()
            .filter(pendingPlace -> !pendingPlace.isBehindOwn())
            .map(pendingPlace -> pendingPlace.listing().join())
            .filter(reply -> !reply.isOk())
            .toList();
    if (missing.isEmpty()) {
      then.run();
    } else if (missing.get(0).isRefused()) {
      queues.delete(paths, () -> refused(missing.get(0).code()));
    } else {
      find();
    }
  }

  private void take(List<Place> taken) {
    queues.taken(taken);
    List<CompletableFuture<Place>> seen = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      seen.add(
          seats.get(i).isBehindOwn()
              ? queues.see(taken.get(i))
              : CompletableFuture.completedFuture(taken.get(i)));
    }
    Futures.all(seen).whenComplete((done, failure) -> seen(taken, seen));
  }

  private void seen(List<Place> taken, List<CompletableFuture<Place>> seen) {
    if (seen.stream().anyMatch(CompletableFuture::isCompletedExceptionally)) {
      // Without leave to read the queue, no place in it can be held.
      CompletableFuture<Void> left = new CompletableFuture<>();
      queues.leave(taken, left);
      left.thenRun(
          () ->
              places.completeExceptionally(
                  Refusals.or(Code.NOAUTH, String.valueOf(claims), "nobody may read " + claims)));
    } else {
      List<Place> all = seen.stream().map(CompletableFuture::join).toList();
      queues.joined(all);
      places.complete(all);
    }
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
    writer
        .upToDate(() -> seats.forEach(PendingPlace::list))
        .thenAccept(
            upToDate -> {
              if (upToDate) {
                await(PendingPlace::listing, () -> await(PendingPlace::lookAtOwn, this::found));
              } else {
                find();
              }
            });
  }

  private void found() {
    if (seats.stream().anyMatch(PendingPlace::lookWasLost)) {
      find();
    } else if (seats.stream()
        .allMatch(pendingPlace -> pendingPlace.isOwnedBy(connection.sessionId()))) {
      List<Place> taken =
          seats.stream()
              .map(
                  pendingPlace ->
                      pendingPlace.place(
                          pendingPlace.foundName(), new Revision(pendingPlace.found().getCzxid())))
              .toList();
      if (alone) {
        connection
            .multi(conditions.reads())
            .thenAccept(looked -> confirm(taken.get(0), looked.valueOrNull()));
      } else {
        take(taken);
      }
    } else {
      // Not taken, or somebody has thrown some of the nodes out since: begin anew with none.
      List<String> rest =
          seats.stream()
              .filter(pendingPlace -> !pendingPlace.foundName().isEmpty())
              .map(pendingPlace -> pendingPlace.path(pendingPlace.foundName()))
              .toList();
      queues.delete(rest, this::begin);
    }
  }

  private void await(Function<PendingPlace, CompletableFuture<?>> what, Runnable then) {
    Futures.all(seats.stream().map(what).toList()).thenRun(then);
  }

  private void failUnmet() {
    fail(new GuardFailedException("no place was taken: not all of " + present + " are there"));
  }

  private void fail(RuntimeException why) {
    queues.notTaken();
    places.completeExceptionally(why);
  }
}
