package io.holdfast.etcd.internal.queue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Op;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.etcd.internal.write.CommitPlan;
import io.holdfast.etcd.internal.write.GuardedWriter;
import io.holdfast.etcd.internal.write.PendingWrite;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import io.holdfast.spi.QueueWaits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Joins of the same queues in the same modes that were asked for one after the other, and are made
 * together.
 *
 * <p>Each has its own Txn, since places that share a revision would have no order, and none waits
 * for the one before. So the Txns may be done in any order. The places are then given out in the
 * order in which they were asked for, and where the payload of another stands in a place, one more
 * Txn puts that right.
 *
 * <p>Where the session has no place yet, and there is one join only, its Txn reads who is in the
 * queues: one round trip, and nobody may be in the way. Behind places of the session's own somebody
 * is in the way in any case; then the joins share a look afterwards. In the context.
 */
final class JoinBatch {

  private static final int MOST = 32;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Makes the join of one member. */
  interface Maker {
    Join join(List<Claim> claims, List<Key> present, Payload payload, List<Integer> limits);
  }

  private record Member(Payload payload, CompletableFuture<List<Place>> answer) {}

  private final SessionContext scope;
  private final GuardedWriter writer;
  private final Presence presence;
  private final Queues queues;
  private final QueueWaits waits;
  private final Maker maker;
  private final List<Claim> claims;
  private final List<Key> present;
  private final List<Member> members = new ArrayList<>();

  /** The session's own places in these queues that were on their way out when this began. */
  private final Map<Key, CompletableFuture<Void>> beingLeft = new HashMap<>();

  /** Completes when all have their places, or none: the next wave may begin. */
  private final CompletableFuture<Void> placed = new CompletableFuture<>();

  JoinBatch(
      SessionContext scope,
      GuardedWriter writer,
      Presence presence,
      Queues queues,
      QueueWaits waits,
      Maker maker,
      List<Claim> claims,
      List<Key> present) {
    this.scope = scope;
    this.writer = writer;
    this.presence = presence;
    this.queues = queues;
    this.waits = waits;
    this.maker = maker;
    this.claims = claims;
    this.present = present;
  }

  /** True if one more that wants the same can be added; not after {@link #start}. */
  boolean takes(List<Claim> others, List<Key> conditions) {
    return members.size() < MOST && claims.equals(others) && present.equals(conditions);
  }

  /** Adds one. */
  CompletableFuture<List<Place>> add(Payload payload) {
    Member member = new Member(payload, new CompletableFuture<>());
    members.add(member);
    return member.answer();
  }

  CompletableFuture<Void> placed() {
    return placed;
  }

  void start() {
    claims.forEach(claim -> beingLeft.putAll(queues.beingLeft(claim.queue())));
    boolean alone =
        members.size() == 1
            && claims.stream().noneMatch(claim -> queues.own().standsIn(claim.queue()));
    List<Integer> limits = alone ? claims.stream().map(this::limit).toList() : List.of();
    List<Join> joins = new ArrayList<>();
    List<CompletableFuture<Join.Taken>> outcomes = new ArrayList<>();
    for (Member member : members) {
      Join join = maker.join(claims, present, member.payload(), limits);
      joins.add(join);
      outcomes.add(join.start());
    }
    Futures.all(outcomes).whenComplete((done, failure) -> allAnswered(joins, outcomes));
  }

  /** The nearest, behind what is on its way out and our own places. */
  private int limit(Claim claim) {
    return claim.shown() == Claim.Shown.NEAREST
        ? Claim.NEAREST_SHOWN + 1 + claims.size() + beingLeft.size()
        : 0;
  }

  private record Answered(Join.Taken taken, Payload written) {}

  private void allAnswered(List<Join> joins, List<CompletableFuture<Join.Taken>> outcomes) {
    List<Answered> taken = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < joins.size(); i++) {
      if (outcomes.get(i).isCompletedExceptionally()) {
        failures.add(failure(outcomes.get(i)));
      } else {
        taken.add(new Answered(outcomes.get(i).join(), joins.get(i).payload()));
      }
    }
    taken.sort(Comparator.comparing(each -> each.taken().places().get(0).created()));
    List<Op> corrections = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < taken.size(); i++) {
      Payload right = members.get(i).payload();
      if (!taken.get(i).written().equals(right)) {
        for (Place place : taken.get(i).taken().places()) {
          corrections.add(correction(place, right));
          bytes += right.size() + 2 * queues.bytes(place.key()).size();
        }
      }
    }
    correct(corrections, bytes, FIRST_PAUSE)
        .thenRun(
            () -> {
              placed.complete(null);
              for (int i = 0; i < taken.size(); i++) {
                see(taken.get(i).taken(), members.get(i).answer());
              }
              for (int i = 0; i < failures.size(); i++) {
                members.get(taken.size() + i).answer().completeExceptionally(failures.get(i));
              }
            });
  }

  private static Throwable failure(CompletableFuture<?> failed) {
    return failed.handle((value, failure) -> Futures.unwrapped(failure)).join();
  }

  private Op correction(Place place, Payload right) {
    return CommitPlan.ifThere(
        Op.put(queues.bytes(place.key()), ByteSequence.from(right.bytes()), presence.leased()),
        queues.bytes(place.key()),
        Keyspace.created(place.key()));
  }

  /**
   * Putting it twice does no harm. Ends with the session at the latest; and when etcd is full, for
   * a place that tells of the wrong thread is better than one that nobody gets.
   */
  private CompletableFuture<Void> correct(List<Op> corrections, int bytes, Duration pause) {
    if (corrections.isEmpty() || scope.life().isLost()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    writer
        .write(PendingWrite.of(List.of(), corrections, bytes, PendingWrite.Trace.NONE))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null || Failures.isFull(failure)) {
                done.complete(null);
              } else {
                scope.after(
                    pause,
                    () ->
                        correct(corrections, bytes, Backoff.next(pause, LONGEST_PAUSE))
                            .thenRun(() -> done.complete(null)));
              }
            });
    return done;
  }

  /**
   * Finds out who is ahead. What the session had given up before is waited for, so that it takes
   * nobody a second look to know that it is gone.
   */
  private void see(Join.Taken taken, CompletableFuture<List<Place>> answer) {
    List<Place> seen = new ArrayList<>();
    List<CompletableFuture<Void>> going = new ArrayList<>();
    for (int i = 0; i < taken.rolls().size(); i++) {
      QueueListing listing = taken.rolls().get(i);
      beingLeft.forEach(
          (place, gone) -> {
            if (listing.index().containsKey(place)) {
              going.add(gone);
            }
          });
      listing.without(beingLeft.keySet()).find(taken.places().get(i)).ifPresent(seen::add);
    }
    if (seen.size() == taken.places().size()) {
      seen.forEach(waits::seen);
      Futures.all(going).thenRun(() -> answer.complete(seen));
    } else {
      Futures.all(beingLeft.values()).thenRun(() -> lookAtEach(taken.places(), answer));
    }
  }

  private void lookAtEach(List<Place> places, CompletableFuture<List<Place>> answer) {
    List<CompletableFuture<Place>> all = places.stream().map(this::lookAt).toList();
    Futures.all(all)
        .thenRun(() -> answer.complete(all.stream().map(CompletableFuture::join).toList()));
  }

  /** Until there is an answer: the place is taken, and nobody else would leave it. */
  private CompletableFuture<Place> lookAt(Place place) {
    CompletableFuture<Place> seen = new CompletableFuture<>();
    lookAt(place, seen, FIRST_PAUSE);
    return seen;
  }

  private void lookAt(Place place, CompletableFuture<Place> seen, Duration pause) {
    waits
        .look(place)
        .whenComplete(
            (found, failure) -> {
              if (failure == null) {
                seen.complete(found.orElseGet(place::takenAway));
              } else if (!scope.life().isLost()) {
                scope.after(pause, () -> lookAt(place, seen, Backoff.next(pause, LONGEST_PAUSE)));
              }
            });
  }
}
