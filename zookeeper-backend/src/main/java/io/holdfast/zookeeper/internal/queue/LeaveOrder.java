package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Futures;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps a leave behind the commits that were given before it and name the place, and a join behind
 * the leaves that are kept so: a commit may take several steps, and a leave or a join only one.
 * Used in the context only.
 */
public final class LeaveOrder {

  private final KeyOrder order;

  /** By queue, the last leave that has not begun. */
  private final Map<Key, CompletableFuture<Void>> kept = new HashMap<>();

  public LeaveOrder(KeyOrder order) {
    this.order = order;
  }

  /**
   * Runs {@code leave} when its turn has come.
   *
   * @param left completes when the leave is over
   */
  public void leave(List<Place> places, CompletableFuture<Void> left, Runnable leave) {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    List<Key> keys = places.stream().map(Place::key).toList();
    order.run(
        List.of(),
        keys,
        left,
        () -> {
          leave.run();
          begun.complete(null);
        });
    if (!begun.isDone()) {
      for (Place place : places) {
        Key queue = place.queue();
        kept.put(queue, begun);
        begun.thenRun(() -> kept.remove(queue, begun));
      }
    }
  }

  /** Runs {@code join} after the leaves in its queues that were given before have begun. */
  public void join(List<Claim> claims, Runnable join) {
    Futures.all(claims.stream().map(Claim::queue).filter(kept::containsKey).map(kept::get).toList())
        .thenRun(join);
  }
}
