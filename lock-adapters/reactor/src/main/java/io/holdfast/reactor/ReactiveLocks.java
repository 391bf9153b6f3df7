package io.holdfast.reactor;

import io.holdfast.coordination.LossReason;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs publishers under a lock. Neither waiting nor holding takes a thread.
 *
 * <p>Each subscription waits for its turn, then subscribes to what {@code body} gives, and releases
 * when that ends. Completion and errors are passed on only after the cluster knows of the release,
 * so what follows downstream finds the lock free. Cancelling before the lock is held leaves the
 * queue; cancelling later cancels the body and releases, in the background.
 *
 * <p>The body gets the {@link LockGrant}, whose {@link LockGrant#token} goes with every write that
 * the lock guards. If the lock is lost, the body is cancelled and the subscription fails with
 * {@link LockLostException}. The cancelled body may still be at work for a while: this is why the
 * resource checks the token.
 *
 * <p>Signals come where {@link io.holdfast.spi.Callbacks} run, which may be blocked without harm to
 * the locks. Use {@code publishOn} for another place.
 */
public final class ReactiveLocks {

  private ReactiveLocks() {}

  /**
   * Holds {@code lock} while the body runs. Waits for its turn without a time limit.
   *
   * @return fails as {@link Acquirable#acquireAsync} does, with what the body fails with, or with
   *     {@link LockLostException}
   */
  public static <G extends LockGrant, T> Mono<T> withLock(
      Acquirable<G> lock, Function<? super G, ? extends Mono<T>> body) {
    return Mono.usingWhen(
        Mono.fromSupplier(lock::acquireAsync),
        wait -> granted(wait).flatMap(grant -> whileHeld(grant, body.apply(grant))),
        ReactiveLocks::end,
        (wait, error) -> end(wait),
        ReactiveLocks::end);
  }

  /**
   * As {@link #withLock(Acquirable, Function)}, but waits for {@code wait} at most.
   *
   * @return fails with {@link TimeoutException} if the lock is not held in time; then nothing is
   *     left behind in the queue
   */
  public static <G extends LockGrant, T> Mono<T> withLock(
      Acquirable<G> lock, Duration wait, Function<? super G, ? extends Mono<T>> body) {
    return Mono.usingWhen(
        Mono.fromSupplier(lock::acquireAsync),
        place -> granted(place).timeout(wait).flatMap(grant -> whileHeld(grant, body.apply(grant))),
        ReactiveLocks::end,
        (place, error) -> end(place),
        ReactiveLocks::end);
  }

  /** As {@link #withLock(Acquirable, Function)}, for a body that gives many values. */
  public static <G extends LockGrant, T> Flux<T> withLockMany(
      Acquirable<G> lock, Function<? super G, ? extends Publisher<T>> body) {
    return Flux.usingWhen(
        Mono.fromSupplier(lock::acquireAsync),
        wait -> granted(wait).flatMapMany(grant -> whileHeld(grant, Flux.from(body.apply(grant)))),
        ReactiveLocks::end,
        (wait, error) -> end(wait),
        ReactiveLocks::end);
  }

  /** As {@link #withLock(Acquirable, Duration, Function)}, for a body that gives many values. */
  public static <G extends LockGrant, T> Flux<T> withLockMany(
      Acquirable<G> lock, Duration wait, Function<? super G, ? extends Publisher<T>> body) {
    return Flux.usingWhen(
        Mono.fromSupplier(lock::acquireAsync),
        place ->
            granted(place)
                .timeout(wait)
                .flatMapMany(grant -> whileHeld(grant, Flux.from(body.apply(grant)))),
        ReactiveLocks::end,
        (place, error) -> end(place),
        ReactiveLocks::end);
  }

  /**
   * The resource is the wait, which is there from the beginning, and not the grant: so no grant can
   * get lost between its arrival and a cancellation.
   */
  private static <G extends LockGrant> Mono<G> granted(CompletableFuture<G> wait) {
    return Mono.fromFuture(wait, true);
  }

  private static <T> Mono<T> whileHeld(LockGrant grant, Mono<T> body) {
    AtomicBoolean lost = new AtomicBoolean();
    return body.takeUntilOther(loss(grant, lost)).switchIfEmpty(failure(grant, lost));
  }

  private static <T> Flux<T> whileHeld(LockGrant grant, Flux<T> body) {
    AtomicBoolean lost = new AtomicBoolean();
    return body.takeUntilOther(loss(grant, lost)).concatWith(failure(grant, lost));
  }

  /** A value and not an error, for which {@code takeUntilOther} would not cancel the body. */
  private static Mono<LossReason> loss(LockGrant grant, AtomicBoolean lost) {
    return Mono.fromFuture(grant.lost().toCompletableFuture(), true)
        .doOnNext(reason -> lost.set(true));
  }

  private static <T> Mono<T> failure(LockGrant grant, AtomicBoolean lost) {
    return Mono.defer(
        () -> lost.get() ? Mono.error(LockLostException.notHeld(grant)) : Mono.empty());
  }

  /** Ends the wait, or the hold if the wait has come to one. */
  private static Mono<Void> end(CompletableFuture<? extends LockGrant> wait) {
    wait.cancel(false);
    return wait.isCompletedExceptionally()
        ? Mono.empty()
        : Mono.fromFuture(wait.join().release(), true);
  }
}
