package io.holdfast.payment.shard;

import io.holdfast.payment.ledger.Fence;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests into one shard while this node owns it, and counts those inside.
 *
 * <p>Closed or open; each opening is a tenure of its own, so a request of an earlier tenure that
 * ends late is not counted against a later one. Thread-safe.
 */
final class ShardGate {

  private volatile @Nullable Tenure tenure;

  /**
   * Lets requests in.
   *
   * @param held whether the grant behind the fence can still be trusted, asked at every entry
   */
  void open(Fence fence, BooleanSupplier held) {
    tenure = new Tenure(fence, held);
  }

  /**
   * Lets nobody in any more. Idempotent.
   *
   * @return completes when those inside have left
   */
  CompletableFuture<Void> close() {
    Tenure ended = tenure;
    tenure = null;
    return ended == null ? CompletableFuture.completedFuture(null) : ended.end();
  }

  /** Empty if this node does not own the shard, or may not any more. */
  Optional<ShardPass> enter() {
    Tenure current = tenure;
    return current == null || !current.held.getAsBoolean() ? Optional.empty() : current.enter();
  }

  /** The fence in force, if open. */
  Optional<Fence> fence() {
    Tenure current = tenure;
    return current == null || !current.held.getAsBoolean()
        ? Optional.empty()
        : Optional.of(current.fence);
  }

  private static final class Tenure {
    final Fence fence;
    final BooleanSupplier held;
    private final CompletableFuture<Void> left = new CompletableFuture<>();

    /** Guarded by this. */
    private int inside;

    /** Guarded by this. */
    private boolean ended;

    Tenure(Fence fence, BooleanSupplier held) {
      this.fence = fence;
      this.held = held;
    }

    synchronized Optional<ShardPass> enter() {
      if (ended) {
        return Optional.empty();
      }
      inside++;
      return Optional.of(new Entered(this));
    }

    CompletableFuture<Void> end() {
      boolean empty;
      synchronized (this) {
        ended = true;
        empty = inside == 0;
      }
      if (empty) {
        left.complete(null);
      }
      return left;
    }

    void leave() {
      boolean last;
      synchronized (this) {
        inside--;
        last = ended && inside == 0;
      }
      if (last) {
        left.complete(null);
      }
    }
  }

  private static final class Entered implements ShardPass {
    private final Tenure tenure;
    private final AtomicBoolean closed = new AtomicBoolean();

    Entered(Tenure tenure) {
      this.tenure = tenure;
    }

    @Override
    public Fence fence() {
      return tenure.fence;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        tenure.leave();
      }
    }
  }
}
