package io.holdfast.payment.ledger.internal;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Branches whose requests are answered, since they are decided, and that wait in a lane to be
 * carried out. A lane does a shard's tasks in order, so no later task of the shard misses them. Who
 * reads past the lane waits for them here. Thread-safe.
 */
final class AnsweredBranches {

  /** Completes when those that have come so far have ended. Without those that have. */
  private final Map<Integer, CompletableFuture<Void>> ended = new ConcurrentHashMap<>();

  /**
   * One is about to be answered.
   *
   * @param settled completes when it is carried out, or fails: then its shard's owner tries again
   */
  void add(int shard, CompletableFuture<?> settled) {
    CompletableFuture<Void> one = settled.handle((done, failure) -> null);
    CompletableFuture<Void> all =
        ended.merge(shard, one, (earlier, now) -> CompletableFuture.allOf(earlier, now));
    all.thenRun(() -> ended.remove(shard, all));
  }

  /** Completes when those of a shard have ended that were added before. */
  CompletableFuture<Void> ended(int shard) {
    return ended.getOrDefault(shard, CompletableFuture.completedFuture(null)).copy();
  }
}
