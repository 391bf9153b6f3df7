package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * For backends: lets operations of one session go on together unless one writes a key that the
 * other names; those go one after the other, as they came.
 *
 * <p>Operations that only look at a key do not wait for each other: transactions guarded by one key
 * can share a request. Used in the session's context only.
 */
public final class KeyOrder {

  private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

  private final Map<Key, Lane> lanes = new HashMap<>();

  /** Those under way that name one key. */
  private static final class Lane {
    /** Done when the last writer is. */
    CompletableFuture<?> written = NOTHING;

    /** Done when the last writer is and all readers after it are. */
    CompletableFuture<?> free = NOTHING;
  }

  /**
   * Runs {@code start} once those before it are done.
   *
   * @param reads keys whose state it depends on
   * @param writes keys that it changes
   * @param done completes, in any way, when the operation is over
   */
  public void run(
      Collection<Key> reads, Collection<Key> writes, CompletableFuture<?> done, Runnable start) {
    Set<Key> all = new HashSet<>(reads);
    all.addAll(writes);
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
    after(before, start);
  }

  /** Runs {@code start} once those that now write {@code top}, or a key below it, are done. */
  public void afterWrites(Key top, Runnable start) {
    List<CompletableFuture<?>> before = new ArrayList<>();
    String below = top.path() + "/";
    lanes.forEach(
        (key, lane) -> {
          if (key.equals(top) || key.path().startsWith(below)) {
            before.add(lane.written);
          }
        });
    after(before, start);
  }

  private static void after(List<CompletableFuture<?>> before, Runnable start) {
    if (before.stream().allMatch(CompletableFuture::isDone)) {
      start.run();
    } else {
      Futures.all(before).thenRun(start);
    }
  }

  private void tidy(Key key) {
    Lane lane = lanes.get(key);
    if (lane != null && lane.free.isDone()) {
      lanes.remove(key);
    }
  }
}
