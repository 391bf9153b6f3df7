package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.holdfast.coordination.Claim;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * One taking of places: a single Txn puts the place in every queue and reads who stands there.
 *
 * <p>If its reply is lost, {@link Presence} first makes sure that the Txn cannot come later; then a
 * read finds the places by their names, which nothing else of the session has meanwhile, or their
 * absence, and the Txn is sent again. In the context.
 */
final class Join {

  /** Each queue costs a put and a range of the 128 that etcd allows in a Txn. */
  static final int MOST_QUEUES = 64;

  /** How often a place's name, or its queue's, stands in the Txn. */
  private static final int MENTIONS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Scope scope;
  private final GuardedWriter writer;
  private final Presence presence;
  private final Reader reader;
  private final Queues queues;
  private final List<Key> present;
  private final Payload payload;
  private final List<Place> wanted;

  /** The session's own places in these queues that were on their way out when this began. */
  private final Map<Key, CompletableFuture<Void>> beingLeft = new HashMap<>();

  private final long startedAt;

  private final CompletableFuture<List<Place>> joined = new CompletableFuture<>();

  Join(
      Scope scope,
      GuardedWriter writer,
      Presence presence,
      Reader reader,
      Queues queues,
      List<Claim> claims,
      List<Key> present,
      Payload payload) {
    this.scope = scope;
    this.writer = writer;
    this.presence = presence;
    this.reader = reader;
    this.queues = queues;
    this.present = List.copyOf(present);
    this.payload = payload;
    this.wanted = queues.wish(claims);
    claims.forEach(claim -> beingLeft.putAll(queues.beingLeft(claim.queue())));
    this.startedAt = scope.context().nanoTime();
  }

  CompletableFuture<List<Place>> start() {
    joined.whenComplete(
        (places, failure) -> {
          if (failure == null) {
            queues.joined(places);
          } else {
            queues.notJoined(wanted);
          }
        });
    attempt(FIRST_PAUSE);
    return joined;
  }

  private void attempt(Duration pause) {
    List<Cmp> guards = new ArrayList<>();
    List<Op> then = new ArrayList<>();
    ByteSequence value = ByteSequence.from(payload.bytes());
    int bytes = 0;
    for (Place place : wanted) {
      ByteSequence key = queues.bytes(place.key());
      bytes += value.size() + MENTIONS * key.size();
      guards.add(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)));
      then.add(Op.put(key, value, presence.leased()));
    }
    for (Key required : present) {
      ByteSequence key = queues.bytes(required);
      bytes += MENTIONS * key.size();
      guards.add(Commit.exists(key, Keyspace.created(required)));
    }
    for (Place place : wanted) {
      then.add(queues.members(place.queue()).op(Reader.Freshness.LINEARIZABLE));
    }
    writer
        .write(Write.of(guards, then, bytes, Write.Trace.NONE))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                failed(failure, pause);
              } else if (answer.verdict() == Write.Verdict.DONE) {
                taken(places(answer.revision(), answer.ranges()));
              } else {
                look(pause);
              }
            });
  }

  private List<Place> places(long created, List<List<KeyValue>> members) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      places.add(queues.seen(wanted.get(i), created, members.get(i)));
    }
    return places;
  }

  /**
   * The places are the session's. What it had given up before and still saw ahead of them is waited
   * for here and then left out: it takes no second look to know that it is gone.
   */
  private void taken(List<Place> places) {
    Set<CompletableFuture<Void>> going = new HashSet<>();
    List<Place> behindOthers = new ArrayList<>();
    for (Place place : places) {
      List<Place.Member> others = new ArrayList<>();
      for (Place.Member member : place.ahead()) {
        CompletableFuture<Void> gone = beingLeft.get(member.key());
        if (gone == null) {
          others.add(member);
        } else {
          going.add(gone);
        }
      }
      behindOthers.add(place.withAhead(others));
    }
    CompletableFuture.allOf(going.toArray(CompletableFuture[]::new))
        .thenRun(() -> joined.complete(behindOthers));
  }

  private void failed(Throwable failure, Duration pause) {
    if (scope.life().isLost()) {
      joined.completeExceptionally(scope.life().failure());
    } else if (failure instanceof IndeterminateException) {
      look(pause);
    } else {
      again(failure, pause, scope.requestTimeout());
    }
  }

  /**
   * Finds out what an attempt came to that went unanswered, or was refused. No attempt is under
   * way.
   */
  private void look(Duration pause) {
    Stream<Reader.Range> members = wanted.stream().map(place -> queues.members(place.queue()));
    Stream<Reader.Range> conditions =
        present.stream().map(key -> Reader.Range.nameOnly(queues.bytes(key)));
    reader
        .read(
            Reader.Freshness.LINEARIZABLE,
            Stream.concat(members, conditions).toArray(Reader.Range[]::new))
        .whenComplete(
            (result, failure) -> {
              if (scope.life().isLost()) {
                joined.completeExceptionally(scope.life().failure());
              } else if (failure != null) {
                scope.after(pause, () -> look(Pauses.next(pause, LONGEST_PAUSE)));
              } else {
                found(result, pause);
              }
            });
  }

  private void found(Reader.Result result, Duration pause) {
    List<Place> there = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      queues.find(wanted.get(i), result.ranges().get(i)).ifPresent(there::add);
    }
    if (there.isEmpty() && !isPresent(result.ranges())) {
      joined.completeExceptionally(
          new GuardFailedException("no place was taken: not all of " + present + " are there"));
    } else if (there.isEmpty()) {
      again(
          new UnavailableException("etcd did not answer in time; no place was taken"),
          pause,
          scope.ttl().plus(scope.requestTimeout()));
    } else if (there.size() == wanted.size()) {
      taken(there);
    } else {
      // Somebody has removed some already.
      long created = there.get(0).created().value();
      taken(
          wanted.stream()
              .map(
                  place ->
                      there.stream()
                          .filter(
                              found -> queues.bytes(found.key()).equals(queues.bytes(place.key())))
                          .findFirst()
                          .orElseGet(() -> Queues.created(place, created).takenAway()))
              .toList());
    }
  }

  private boolean isPresent(List<List<KeyValue>> ranges) {
    for (int i = 0; i < present.size(); i++) {
      if (!isThere(present.get(i), ranges.get(wanted.size() + i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isThere(Key key, List<KeyValue> found) {
    OptionalLong created = Keyspace.created(key);
    return found.stream()
        .anyMatch(kv -> created.isEmpty() || kv.getCreateRevision() == created.getAsLong());
  }

  /** Tries again unless it has taken too long already. Nothing was done so far. */
  private void again(Throwable failure, Duration pause, Duration patience) {
    if (scope.context().nanoTime() - startedAt >= patience.toNanos()) {
      joined.completeExceptionally(failure);
    } else {
      scope.after(pause, () -> attempt(Pauses.next(pause, LONGEST_PAUSE)));
    }
  }
}
