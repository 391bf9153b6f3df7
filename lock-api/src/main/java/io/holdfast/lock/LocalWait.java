package io.holdfast.lock;

import io.holdfast.lock.Acquisition.Patience;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** One who waits in a {@link LocalQueue}. Cancelling it takes it out of there. */
final class LocalWait extends CompletableFuture<Optional<LocalGrant>> {

  private final LocalQueue queue;
  private final LockOptions options;
  private final Patience patience;
  private final Executor completion;

  LocalWait(LocalQueue queue, LockOptions options, Patience patience, Executor completion) {
    this.queue = queue;
    this.options = options;
    this.patience = patience;
    this.completion = completion;
  }

  LockOptions options() {
    return options;
  }

  boolean isTry() {
    return patience == Patience.NO_WAIT;
  }

  /** Gives it the lock, or passes the lock on if it has given up meanwhile. */
  void give(LocalGrant grant) {
    completion.execute(
        () -> {
          if (!complete(Optional.of(grant))) {
            grant.release();
          }
        });
  }

  void refuse() {
    completion.execute(() -> complete(Optional.empty()));
  }

  void fail(Throwable cause) {
    completion.execute(() -> completeExceptionally(cause));
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    if (cancelled) {
      queue.gaveUp(this);
    }
    return cancelled;
  }
}
