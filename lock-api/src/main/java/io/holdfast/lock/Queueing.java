package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Acquisition.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Locks to be held together, one or several: each call is an {@link Acquisition}, waited for or
 * not.
 */
final class Queueing<G extends Hold> implements Acquirable<G> {

  /** Nobody has hung anything on the future of a blocking call, so any thread may complete it. */
  private static final Executor RIGHT_HERE = Runnable::run;

  private final List<LockClaim> claims;
  private final Coordinator coordinator;
  private final Function<QueueGrant, G> handOut;

  /**
   * Locks to be held together.
   *
   * @param claims one or more, each lock at most once
   * @param handOut as what the holder is to see the grant
   */
  Queueing(List<LockClaim> claims, Coordinator coordinator, Function<QueueGrant, G> handOut) {
    this.claims = List.copyOf(claims);
    this.coordinator = coordinator;
    this.handOut = handOut;
  }

  @Override
  public G acquire() throws InterruptedException {
    CompletableFuture<Optional<QueueGrant>> outcome = start(Patience.WAIT, RIGHT_HERE);
    try {
      return handOut.apply(outcome.get().orElseThrow());
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<G> tryAcquire() {
    CompletableFuture<Optional<QueueGrant>> outcome = start(Patience.NO_WAIT, RIGHT_HERE);
    Duration bound = coordinator.options().requestTimeout();
    try {
      return outcome.get(bound.toNanos(), TimeUnit.NANOSECONDS).map(handOut);
    } catch (TimeoutException e) {
      return abandonOrTake(outcome)
          .map(handOut)
          .or(
              () -> {
                throw new UnavailableException(
                    text() + ": the cluster did not answer within " + bound, e);
              });
    } catch (InterruptedException e) {
      abandon(outcome);
      Thread.currentThread().interrupt();
      throw new UnavailableException(text() + ": interrupted while trying", e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<G> tryAcquire(Duration wait) throws InterruptedException {
    if (wait.isZero() || wait.isNegative()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return tryAcquire();
    }
    CompletableFuture<Optional<QueueGrant>> outcome = start(Patience.WAIT, RIGHT_HERE);
    try {
      return outcome.get(wait.toNanos(), TimeUnit.NANOSECONDS).map(handOut);
    } catch (TimeoutException e) {
      return abandonOrTake(outcome).map(handOut);
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public CompletableFuture<G> acquireAsync() {
    CompletableFuture<G> handed = new CompletableFuture<>();
    CompletableFuture<Optional<QueueGrant>> outcome =
        start(Patience.WAIT, handed.defaultExecutor());
    outcome.whenComplete(
        (grant, failure) -> {
          if (failure != null) {
            handed.completeExceptionally(failure);
          } else if (!handed.complete(handOut.apply(grant.orElseThrow()))) {
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

  private CompletableFuture<Optional<QueueGrant>> start(Patience patience, Executor completion) {
    return new Acquisition(claims, coordinator, patience, completion).start();
  }

  /** Cancels; but if the grant was there first, it is the caller's. */
  private static Optional<QueueGrant> abandonOrTake(
      CompletableFuture<Optional<QueueGrant>> outcome) {
    return outcome.cancel(false) || outcome.isCompletedExceptionally()
        ? Optional.empty()
        : outcome.join();
  }

  /** Cancels; and if the grant was there first, gives it back. */
  private static void abandon(CompletableFuture<Optional<QueueGrant>> outcome) {
    abandonOrTake(outcome).ifPresent(QueueGrant::release);
  }

  private String text() {
    return claims.stream()
        .map(claim -> claim.name().text())
        .collect(Collectors.joining(" and ", "lock ", ""));
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(e.getCause());
  }
}
