package io.holdfast.etcd;

import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.holdfast.coordination.Place;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Deletes places until that is acknowledged or the session is lost. In the context.
 *
 * <p>It depends on no presence key: a place's name is used once, so a delete that comes late, or
 * twice, hits nothing else.
 */
final class Leave {

  /** As many operations as etcd allows in a Txn unless it is told otherwise. */
  private static final int MOST_OPS = 128;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Scope scope;
  private final List<Op> deletes;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  Leave(Scope scope, Keyspace keyspace, List<Place> places) {
    this.scope = scope;
    this.deletes =
        places.stream()
            .map(place -> (Op) Op.delete(keyspace.bytes(place.key()), DeleteOption.DEFAULT))
            .toList();
  }

  CompletableFuture<Void> start() {
    next(0, FIRST_PAUSE);
    return left;
  }

  private void next(int from, Duration pause) {
    if (from >= deletes.size() || scope.life().isLost()) {
      left.complete(null);
      return;
    }
    int to = Math.min(from + MOST_OPS, deletes.size());
    scope
        .connection()
        .write(List.of(), deletes.subList(from, to), List.of(), scope.requestTimeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure == null) {
                scope.seen().raise(reply.getHeader().getRevision());
                next(to, FIRST_PAUSE);
              } else {
                scope.after(pause, () -> next(from, Pauses.next(pause, LONGEST_PAUSE)));
              }
            });
  }
}
