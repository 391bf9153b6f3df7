package io.holdfast.etcd.internal.queue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.etcd.internal.write.CommitPlan;
import io.holdfast.etcd.internal.write.GuardedWriter;
import io.holdfast.etcd.internal.write.PendingWrite;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One taking of places: a single Txn puts the place in every queue and, if asked to, reads who
 * stands there.
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

  /**
   * Places that are the session's.
   *
   * @param rolls of their queues, just after they were taken; empty if these were not read
   */
  record Taken(List<Place> places, List<QueueListing> rolls) {}

  private final SessionContext scope;
  private final GuardedWriter writer;
  private final Presence presence;
  private final Reader reader;
  private final Queues queues;
  private final List<Key> present;
  private final Payload payload;
  private final List<Place> wanted;

  /** How many members of each queue the Txn reads, 0 for all; empty if it reads none. */
  private final List<Integer> limits;

  private final long startedAt;

  private final CompletableFuture<Taken> joined = new CompletableFuture<>();

  Join(
      SessionContext scope,
      GuardedWriter writer,
      Presence presence,
      Reader reader,
      Queues queues,
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      List<Integer> limits) {
    this.scope = scope;
    this.writer = writer;
    this.presence = presence;
    this.reader = reader;
    this.queues = queues;
    this.present = List.copyOf(present);
    this.payload = payload;
    this.limits = limits;
    this.wanted = queues.wish(claims);
    this.startedAt = scope.context().nanoTime();
  }

  Payload payload() {
    return payload;
  }

  CompletableFuture<Taken> start() {
    joined.whenComplete(
        (taken, failure) -> {
          if (failure == null) {
            queues.joined(taken.places());
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
      guards.add(CommitPlan.exists(key, Keyspace.created(required)));
    }
    for (int i = 0; i < limits.size(); i++) {
      Reader.Range members = queues.members(wanted.get(i).queue(), limits.get(i));
      then.add(members.op(Reader.Freshness.LINEARIZABLE));
    }
    writer
        .write(
            PendingWrite.of(guards, then, bytes, PendingWrite.Trace.NONE)
                .apartIn(wanted.stream().map(Place::queue).collect(Collectors.toSet())))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                failed(failure, pause);
              } else if (answer.verdict() == PendingWrite.Verdict.DONE) {
                done(answer);
              } else {
                look(pause, new UnavailableException("etcd refused the places"));
              }
            });
  }

  private void done(PendingWrite.Answer answer) {
    List<QueueListing> rolls = new ArrayList<>();
    for (int i = 0; i < answer.ranges().size(); i++) {
      Key queue = wanted.get(i).queue();
      rolls.add(queues.queueListing(queue, answer.ranges().get(i), limits.get(i)));
    }
    joined.complete(
        new Taken(
            wanted.stream().map(place -> Queues.created(place, answer.revision())).toList(),
            rolls));
  }

  private void failed(Throwable failure, Duration pause) {
    if (scope.life().isLost()) {
      joined.completeExceptionally(scope.life().failure());
    } else if (failure instanceof IndeterminateException) {
      look(pause, failure);
    } else {
      again(failure, pause, scope.requestTimeout());
    }
  }

  /**
   * Finds out what an attempt came to that went unanswered, or was refused. No attempt is under
   * way.
   *
   * @param why what to say if there is no place, and no time to try again
   */
  private void look(Duration pause, Throwable why) {
    Stream<Key> names = Stream.concat(wanted.stream().map(Place::key), present.stream());
    reader
        .read(
            Reader.Freshness.LINEARIZABLE,
            names.map(key -> Reader.Range.nameOnly(queues.bytes(key))).toArray(Reader.Range[]::new))
        .whenComplete(
            (result, failure) -> {
              if (scope.life().isLost()) {
                joined.completeExceptionally(scope.life().failure());
              } else if (failure != null) {
                scope.after(pause, () -> look(Backoff.next(pause, LONGEST_PAUSE), why));
              } else {
                found(result.ranges(), pause, why);
              }
            });
  }

  private void found(List<GetResponse> looks, Duration pause, Throwable why) {
    List<Optional<Place>> there = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      there.add(queues.find(wanted.get(i), looks.get(i).getKvs()));
    }
    Optional<Place> any = there.stream().flatMap(Optional::stream).findFirst();
    if (any.isPresent()) {
      taken(there, any.get().created().value());
    } else if (!isPresent(looks.subList(wanted.size(), looks.size()))) {
      joined.completeExceptionally(
          new GuardFailedException("no place was taken: not all of " + present + " are there"));
    } else if (Failures.isFull(why)) {
      joined.completeExceptionally(Failures.full(why));
    } else {
      again(
          new UnavailableException("etcd did not answer in time; no place was taken", why),
          pause,
          scope.ttl().plus(scope.requestTimeout()));
    }
  }

  /** Somebody may have removed some already. */
  private void taken(List<Optional<Place>> there, long created) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Place missing = Queues.created(wanted.get(i), created);
      places.add(there.get(i).orElse(missing));
    }
    joined.complete(new Taken(places, List.of()));
  }

  private boolean isPresent(List<GetResponse> looks) {
    for (int i = 0; i < present.size(); i++) {
      if (!isThere(present.get(i), looks.get(i).getKvs())) {
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
    if (scope.context().nanoTime() - startedAt >= Durations.nanos(patience)) {
      joined.completeExceptionally(failure);
    } else {
      scope.after(pause, () -> attempt(Backoff.next(pause, LONGEST_PAUSE)));
    }
  }
}
