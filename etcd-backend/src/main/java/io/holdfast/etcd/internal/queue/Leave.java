package io.holdfast.etcd.internal.queue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.etcd.internal.write.CommitPlan;
import io.holdfast.etcd.internal.write.GuardedWriter;
import io.holdfast.etcd.internal.write.PendingWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Deletes places until that is acknowledged or the session is lost. In the context.
 *
 * <p>A delete says when the place was created, so one that is repeated, or comes late, hits nothing
 * else that has the name by then. Nothing has to be looked up after a lost reply.
 */
public final class Leave {

  /** Few enough to go along with others in one Txn. */
  private static final int MOST_AT_ONCE = 64;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final SessionContext scope;
  private final GuardedWriter writer;
  private final Keyspace keyspace;
  private final List<Key> places;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  public Leave(SessionContext scope, GuardedWriter writer, Keyspace keyspace, List<Key> places) {
    this.scope = scope;
    this.writer = writer;
    this.keyspace = keyspace;
    this.places = places.stream().distinct().toList();
  }

  public CompletableFuture<Void> start() {
    next(0, FIRST_PAUSE);
    return left;
  }

  private void next(int from, Duration pause) {
    if (from >= places.size() || scope.life().isLost()) {
      left.complete(null);
      return;
    }
    int to = Math.min(from + MOST_AT_ONCE, places.size());
    writer
        .write(deletion(places.subList(from, to)))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                next(to, FIRST_PAUSE);
              } else {
                scope.after(pause, () -> next(from, Backoff.next(pause, LONGEST_PAUSE)));
              }
            });
  }

  /** Each by itself: that somebody has removed one already is no reason to keep the others. */
  private PendingWrite deletion(List<Key> some) {
    if (some.size() == 1) {
      ByteSequence name = keyspace.bytes(some.get(0));
      return PendingWrite.of(
          List.of(CommitPlan.exists(name, Keyspace.created(some.get(0)))),
          List.of(Op.delete(name, DeleteOption.DEFAULT)),
          2 * name.size(),
          PendingWrite.Trace.NONE);
    }
    List<Op> deletes = new ArrayList<>();
    int bytes = 0;
    for (Key place : some) {
      ByteSequence name = keyspace.bytes(place);
      deletes.add(CommitPlan.deletion(name, Keyspace.created(place)));
      bytes += 2 * name.size();
    }
    return PendingWrite.of(List.of(), deletes, bytes, PendingWrite.Trace.NONE);
  }
}
