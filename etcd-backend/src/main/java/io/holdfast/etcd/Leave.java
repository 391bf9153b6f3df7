package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.holdfast.coordination.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Deletes places until that is acknowledged or the session is lost. In the context.
 *
 * <p>A place's name is used once, so a delete that is repeated hits nothing else. Nothing has to be
 * looked up after a lost reply.
 */
final class Leave {

  /** Few enough to go along with others in one Txn. */
  private static final int MOST_AT_ONCE = 64;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Scope scope;
  private final GuardedWriter writer;
  private final List<ByteSequence> names;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  Leave(Scope scope, GuardedWriter writer, Keyspace keyspace, List<Key> places) {
    this.scope = scope;
    this.writer = writer;
    this.names = places.stream().distinct().map(keyspace::bytes).toList();
  }

  CompletableFuture<Void> start() {
    next(0, FIRST_PAUSE);
    return left;
  }

  private void next(int from, Duration pause) {
    if (from >= names.size() || scope.life().isLost()) {
      left.complete(null);
      return;
    }
    int to = Math.min(from + MOST_AT_ONCE, names.size());
    writer
        .write(deletion(names.subList(from, to)))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                next(to, FIRST_PAUSE);
              } else {
                scope.after(pause, () -> next(from, Pauses.next(pause, LONGEST_PAUSE)));
              }
            });
  }

  private static Write deletion(List<ByteSequence> names) {
    List<Op> deletes = new ArrayList<>();
    int bytes = 0;
    for (ByteSequence name : names) {
      deletes.add(Op.delete(name, DeleteOption.DEFAULT));
      bytes += name.size();
    }
    return Write.of(List.of(), deletes, List.of(), bytes, Write.Trace.NONE);
  }
}
