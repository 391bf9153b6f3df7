package io.holdfast.zookeeper;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Lets transactions of one session go on together unless one writes a key that the other names;
 * those go one after the other, as they came.
 *
 * <p>Used in the context only.
 */
final class KeyOrder {

  private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

  private final Map<Key, Lane> lanes = new HashMap<>();

  /** Those under way that name one key. */
  private static final class Lane {
    /** Done when the last writer is. */
    CompletableFuture<?> written = NOTHING;

    /** Done when the last writer is and all readers after it are. */
    CompletableFuture<?> free = NOTHING;
  }

  /** Runs {@code start} once those before it are done; it is itself done with {@code done}. */
  void run(Transaction transaction, CompletableFuture<?> done, Runnable start) {
    Set<Key> writes = new HashSet<>();
    transaction.writes().forEach(write -> writes.add(write.key()));
    Set<Key> all = new HashSet<>(writes);
    transaction.guards().forEach(guard -> all.add(guard.key()));

    CompletableFuture<?> ended = done.handle((value, failure) -> "ended");
    List<CompletableFuture<?>> before = new ArrayList<>();
    for (Key key : all) {
      Lane lane = lanes.computeIfAbsent(key, unused -> new Lane());
      if (writes.contains(key)) {
        before.add(lane.free);
        lane.written = ended;
        lane.free = ended;
      } else {
        before.add(lane.written);
        lane.free = lane.free.isDone() ? ended : CompletableFuture.allOf(lane.free, ended);
      }
    }
    ended.thenRun(() -> all.forEach(this::tidy));
    if (before.stream().allMatch(CompletableFuture::isDone)) {
      start.run();
    } else {
      CompletableFuture.allOf(before.toArray(CompletableFuture[]::new)).thenRun(start);
    }
  }

  private void tidy(Key key) {
    Lane lane = lanes.get(key);
    if (lane != null && lane.free.isDone()) {
      lanes.remove(key);
    }
  }
}
