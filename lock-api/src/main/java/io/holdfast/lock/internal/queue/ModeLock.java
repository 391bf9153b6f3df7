package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.ConvertibleLock;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One lock in one mode, or several as one. Implements the forms of waiting, blocking or not, over a
 * function that begins a wait.
 *
 * @param <G> the grant type that the holder sees
 * @param <H> the grant type behind it
 */
public sealed class ModeLock<G extends LockGrant, H extends LockGrant> implements Acquirable<G> {

  private final List<LockClaim> claims;
  private final Coordinator coordinator;
  private final Function<WaitForm, CompletableFuture<H>> start;
  private final Function<H, G> handed;

  /**
   * A lock over a function that begins a wait.
   *
   * @param claims the claims to wait for
   * @param start begins a wait, in the calling thread. Cancelling the future gives up the wait.
   *     With {@link WaitForm#TRY} it fails with {@link NotFreeException} if others are in the way
   * @param handed makes the grant that the holder sees
   */
  public ModeLock(
      List<LockClaim> claims,
      Coordinator coordinator,
      Function<WaitForm, CompletableFuture<H>> start,
      Function<H, G> handed) {
    this.claims = claims;
    this.coordinator = coordinator;
    this.start = start;
    this.handed = handed;
  }

  /** A lock whose holds stay in their mode. */
  public static final class Plain<H extends LockGrant> extends ModeLock<LockGrant, H>
      implements DistributedLock {

    public Plain(
        LockClaim claim, Coordinator coordinator, Function<WaitForm, CompletableFuture<H>> start) {
      super(List.of(claim), coordinator, start, GrantHandle.Plain::new);
    }
  }

  /** A lock whose holds can change their mode. */
  public static final class Convertible extends ModeLock<ConvertibleGrant, QueueGrant>
      implements ConvertibleLock {

    /** A lock that takes a second place in its queue, to read. */
    public Convertible(
        LockClaim claim, Coordinator coordinator, Function<QueueGrant, ConvertibleGrant> handed) {
      super(
          List.of(claim),
          coordinator,
          form -> Acquisition.start(claim.andToRead(), List.of(claim), coordinator, form),
          handed);
    }
  }

  /** The claims. */
  public final List<LockClaim> claims() {
    return claims;
  }

  /** The claim; of several, the first. */
  public final LockClaim claim() {
    return claims.get(0);
  }

  /** The coordinator. */
  public final Coordinator coordinator() {
    return coordinator;
  }

  /** Its name; of several, that of the first. */
  public final LockName name() {
    return claim().name();
  }

  @Override
  public final G acquire() throws InterruptedException {
    unlessInterrupted();
    CompletableFuture<H> outcome = start.apply(WaitForm.BLOCK);
    try {
      return handed.apply(outcome.get());
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  @Override
  public final Optional<G> tryAcquire() {
    CompletableFuture<H> outcome = start.apply(WaitForm.TRY);
    Duration bound = coordinator.options().requestTimeout();
    try {
      return Uninterrupted.get(outcome.handle(ModeLock::unlessNotFree), bound).map(handed);
    } catch (TimeoutException e) {
      return abandonOrTake(outcome)
          .map(handed)
          .or(
              () -> {
                throw new UnavailableException(
                    text()
                        + ": the cluster did not answer within "
                        + Durations.text(bound)
                        + coordinator.whyNoSession().map(why -> ": " + why.getMessage()).orElse(""),
                    e);
              });
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static <H> Optional<H> unlessNotFree(H hold, Throwable failure) {
    if (failure == null) {
      return Optional.of(hold);
    }
    if (failure instanceof NotFreeException) {
      return Optional.empty();
    }
    throw new CompletionException(failure);
  }

  @Override
  public final Optional<G> tryAcquire(Duration wait) throws InterruptedException {
    unlessInterrupted();
    if (wait.isZero() || wait.isNegative()) {
      return tryAcquire();
    }
    CompletableFuture<H> outcome = start.apply(WaitForm.BLOCK);
    try {
      return Optional.of(handed.apply(outcome.get(Durations.nanos(wait), TimeUnit.NANOSECONDS)));
    } catch (TimeoutException e) {
      return abandonOrTake(outcome).map(handed).or(this::unlessStoreIsFull);
    } catch (InterruptedException e) {
      abandon(outcome);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /**
   * Without a session there was no wait behind others, so a full store is reported instead of an
   * empty result.
   */
  private Optional<G> unlessStoreIsFull() {
    coordinator
        .whyNoSession()
        .filter(StoreFullException.class::isInstance)
        .ifPresent(
            why -> {
              throw new StoreFullException(text() + ": " + why.getMessage(), why);
            });
    return Optional.empty();
  }

  private static void unlessInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /**
   * The future ends when the wait ends. If the caller cancels it, completes it or lets it time out,
   * nobody waits any more, so the wait is given up.
   */
  @Override
  public final CompletableFuture<G> acquireAsync() {
    CompletableFuture<G> later = new CompletableFuture<>();
    CompletableFuture<H> outcome = start.apply(WaitForm.ASYNC);
    outcome.whenComplete(
        (hold, failure) -> {
          if (failure != null) {
            later.completeExceptionally(failure);
            return;
          }
          G grant = handed.apply(hold);
          if (!later.complete(grant)) {
            grant.release();
          }
        });
    later.whenComplete((grant, failure) -> outcome.cancel(false));
    return later;
  }

  /** Cancels the wait; if the hold came first, returns it to the caller. */
  private static <H extends LockGrant> Optional<H> abandonOrTake(CompletableFuture<H> outcome) {
    return outcome.cancel(false) || outcome.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(outcome.join());
  }

  /** Cancels the wait; if the hold came first, releases it. */
  private static <H extends LockGrant> void abandon(CompletableFuture<H> outcome) {
    abandonOrTake(outcome).ifPresent(LockGrant::release);
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(e.getCause());
  }

  private String text() {
    return claims.stream()
        .map(claim -> claim.name().toString())
        .collect(Collectors.joining(" and ", "lock ", ""));
  }

  @Override
  public final String toString() {
    return claims.stream()
        .map(claim -> claim.name() + " to be held as " + claim.mode())
        .collect(Collectors.joining(" and ", "lock ", ""));
  }
}
