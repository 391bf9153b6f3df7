package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Acquisition.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The exclusive lock: each call is an {@link Acquisition}, waited for or not. */
final class QueueLock implements DistributedLock {

  /** Nobody has hung anything on the future of a blocking call, so any thread may complete it. */
  private static final Executor RIGHT_HERE = Runnable::run;

  private final LockName name;
  private final Coordinator coordinator;

  QueueLock(LockName name, Coordinator coordinator) {
    this.name = name;
    this.coordinator = coordinator;
  }

  @Override
  public LockName name() {
    return name;
  }

  @Override
  public LockGrant acquire() throws InterruptedException {
    CompletableFuture<Optional<LockGrant>> outcome = start(Patience.WAIT, RIGHT_HERE);
    try {
      return outcome.get().orElseThrow();
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<LockGrant> tryAcquire() {
    CompletableFuture<Optional<LockGrant>> outcome = start(Patience.NO_WAIT, RIGHT_HERE);
    Duration bound = coordinator.options().requestTimeout();
    try {
      return outcome.get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return abandonOrTake(outcome)
          .or(
              () -> {
                throw new UnavailableException(
                    "lock " + name + ": the cluster did not answer within " + bound, e);
              });
    } catch (InterruptedException e) {
      abandon(outcome);
      Thread.currentThread().interrupt();
      throw new UnavailableException("lock " + name + ": interrupted while trying", e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<LockGrant> tryAcquire(Duration wait) throws InterruptedException {
    CompletableFuture<Optional<LockGrant>> outcome = start(Patience.WAIT, RIGHT_HERE);
    try {
      return outcome.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return abandonOrTake(outcome);
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public CompletableFuture<LockGrant> acquireAsync() {
    CompletableFuture<LockGrant> handed = new CompletableFuture<>();
    CompletableFuture<Optional<LockGrant>> outcome = start(Patience.WAIT, handed.defaultExecutor());
    outcome.whenComplete(
        (grant, failure) -> {
          if (failure != null) {
            handed.completeExceptionally(failure);
          } else if (!handed.complete(grant.orElseThrow())) {
            grant.orElseThrow().release();
          }
        });
    handed.whenComplete(
        (grant, failure) -> {
          if (handed.isCancelled()) {
            outcome.cancel(false);
          }
        });
    return handed;
  }

  private CompletableFuture<Optional<LockGrant>> start(Patience patience, Executor completion) {
    return new Acquisition(name, coordinator, patience, completion).start();
  }

  /** Cancels; but if the grant was there first, it is the caller's. */
  private static Optional<LockGrant> abandonOrTake(CompletableFuture<Optional<LockGrant>> outcome) {
    return outcome.cancel(false) || outcome.isCompletedExceptionally()
        ? Optional.empty()
        : outcome.join();
  }

  /** Cancels; and if the grant was there first, gives it back. */
  private static void abandon(CompletableFuture<Optional<LockGrant>> outcome) {
    abandonOrTake(outcome).ifPresent(LockGrant::release);
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(e.getCause());
  }
}
