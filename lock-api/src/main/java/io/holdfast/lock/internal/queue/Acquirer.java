package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.internal.queue.Acquisition.Patience;
import io.holdfast.lock.internal.queue.OwnerDetails.Caller;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The forms of waiting, blocking or not, over a way to begin one wait.
 *
 * @param <G> what the holder gets to see
 * @param <H> what it is
 */
public final class Acquirer<G extends LockGrant, H extends LockGrant> implements Acquirable<G> {

  /** Nobody has hung anything on the future of a blocking call, so any thread may complete it. */
  private static final Executor RIGHT_HERE = Runnable::run;

  /** Begins waiting. */
  public interface Start<H> {
    /**
     * Begins.
     *
     * @param caller as for {@link OwnerDetails#describe}; the present thread is the one that asks
     * @param completion where the outcome completes, if not at once
     * @return a hold; or empty, if the patience is {@link Patience#NO_WAIT} and others were in the
     *     way. Cancelling it gives up
     */
    CompletableFuture<Optional<H>> begin(Patience patience, Caller caller, Executor completion);

    /** The same wait for a hold that is made of the first one. */
    default <T extends LockGrant> Start<T> as(Function<H, T> made) {
      return (patience, caller, completion) ->
          handOn(
              begin(patience, caller, completion),
              hold -> hold.map(made),
              hold -> hold.ifPresent(LockGrant::release),
              new CompletableFuture<>());
    }
  }

  private final String text;
  private final Coordinator coordinator;
  private final Start<H> start;
  private final Function<H, G> handed;

  /**
   * Ways to wait.
   *
   * @param claims what is waited for
   * @param handed makes of a hold what its holder gets to see
   */
  public Acquirer(
      List<LockClaim> claims, Coordinator coordinator, Start<H> start, Function<H, G> handed) {
    this.text =
        claims.stream()
            .map(claim -> claim.name().toString())
            .collect(Collectors.joining(" and ", "lock ", ""));
    this.coordinator = coordinator;
    this.start = start;
    this.handed = handed;
  }

  /**
   * In the cluster's queues: each wait is an {@link Acquisition}.
   *
   * @param claims one or more, each lock at most once
   * @param particulars what to tell those who inspect the queues
   */
  public static Start<QueueGrant> inCluster(
      List<LockClaim> claims, Coordinator coordinator, OwnerDetails ownerDetails) {
    return inCluster(claims, claims, coordinator, ownerDetails);
  }

  /**
   * Likewise, where listeners are told of some of the claims only.
   *
   * @param claims one or more, each lock at most once in each mode
   */
  public static Start<QueueGrant> inCluster(
      List<LockClaim> claims,
      List<LockClaim> told,
      Coordinator coordinator,
      OwnerDetails ownerDetails) {
    return (patience, caller, completion) ->
        new Acquisition(
                claims,
                coordinator,
                patience,
                ownerDetails.describe(caller),
                new LockEvents(told, coordinator),
                completion)
            .start();
  }

  @Override
  public G acquire() throws InterruptedException {
    unlessInterrupted();
    CompletableFuture<Optional<H>> outcome = start.begin(Patience.WAIT, Caller.WAITS, RIGHT_HERE);
    try {
      return handed.apply(outcome.get().orElseThrow());
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<G> tryAcquire() {
    CompletableFuture<Optional<H>> outcome =
        start.begin(Patience.NO_WAIT, Caller.WAITS, RIGHT_HERE);
    Duration bound = coordinator.options().requestTimeout();
    try {
      return seen(Uninterrupted.get(outcome, bound));
    } catch (TimeoutException e) {
      return seen(abandonOrTake(outcome))
          .or(
              () -> {
                throw new UnavailableException(
                    text
                        + ": the cluster did not answer within "
                        + Durations.text(bound)
                        + coordinator.whyNoSession().map(why -> ": " + why.getMessage()).orElse(""),
                    e);
              });
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<G> tryAcquire(Duration wait) throws InterruptedException {
    unlessInterrupted();
    if (wait.isZero() || wait.isNegative()) {
      return tryAcquire();
    }
    CompletableFuture<Optional<H>> outcome = start.begin(Patience.WAIT, Caller.WAITS, RIGHT_HERE);
    try {
      return seen(outcome.get(Durations.nanos(wait), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return seen(abandonOrTake(outcome)).or(this::unlessStoreIsFull);
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** Who could not even have a session has not waited behind anybody. */
  private Optional<G> unlessStoreIsFull() {
    coordinator
        .whyNoSession()
        .filter(StoreFullException.class::isInstance)
        .ifPresent(
            why -> {
              throw new StoreFullException(text + ": " + why.getMessage(), why);
            });
    return Optional.empty();
  }

  private static void unlessInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public CompletableFuture<G> acquireAsync() {
    CompletableFuture<G> later = new CompletableFuture<>();
    CompletableFuture<Optional<H>> outcome =
        start.begin(Patience.WAIT, Caller.GOES_ON, coordinator.context().callbacks());
    return handOn(outcome, found -> handed.apply(found.orElseThrow()), LockGrant::release, later);
  }

  /**
   * Lets {@code later} end as {@code outcome} does. If it ends in any other way, cancelled, timed
   * out or completed by whoever has it, nobody waits for {@code outcome} any more: then that is
   * cancelled.
   *
   * @param as what to make of the value
   * @param unwanted what to do with a value that comes too late
   */
  private static <A, B, C extends B> CompletableFuture<B> handOn(
      CompletableFuture<A> outcome,
      Function<A, C> as,
      Consumer<C> unwanted,
      CompletableFuture<B> later) {
    outcome.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            later.completeExceptionally(failure);
            return;
          }
          C made = as.apply(value);
          if (!later.complete(made)) {
            unwanted.accept(made);
          }
        });
    later.whenComplete((value, failure) -> outcome.cancel(false));
    return later;
  }

  private Optional<G> seen(Optional<H> hold) {
    return hold.map(handed);
  }

  /** Cancels; but if the hold was there first, it is the caller's. */
  private static <H extends LockGrant> Optional<H> abandonOrTake(
      CompletableFuture<Optional<H>> outcome) {
    return outcome.cancel(false) || outcome.isCompletedExceptionally()
        ? Optional.empty()
        : outcome.join();
  }

  /** Cancels; and if the hold was there first, gives it back. */
  private static <H extends LockGrant> void abandon(CompletableFuture<Optional<H>> outcome) {
    abandonOrTake(outcome).ifPresent(LockGrant::release);
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(e.getCause());
  }
}
