package io.holdfast.registry;

import io.holdfast.registry.internal.Waiting;
import io.holdfast.registry.internal.view.SharedView;
import io.holdfast.registry.internal.view.ViewListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The instances of one service, kept up to date. Safe for use by many threads.
 *
 * <p>A view never goes backwards, and an outage never empties it: while the cluster is away it
 * shows the last known instances, marked {@link Freshness#STALE}. It turns {@link Freshness#LIVE}
 * again when the cluster answers again.
 */
public final class ServiceView implements AutoCloseable {

  private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

  private final SharedView shared;
  private final Runnable release;
  private final List<ViewListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  ServiceView(SharedView shared, Runnable release) {
    this.shared = shared;
    this.release = release;
  }

  /** The service's name. */
  public String service() {
    return shared.service();
  }

  /** The present snapshot. One volatile read; after {@link #close}, the last one. */
  public ServiceSnapshot snapshot() {
    return shared.snapshot();
  }

  /**
   * Waits for a snapshot that {@code enough} accepts, such as {@code s -> s.freshness() == LIVE}.
   * Returns at once if it accepts the present one.
   *
   * @return empty if {@code atMost} passed first, or the view was closed before
   * @throws InterruptedException if interrupted
   */
  public Optional<ServiceSnapshot> await(Predicate<ServiceSnapshot> enough, Duration atMost)
      throws InterruptedException {
    CompletableFuture<ServiceSnapshot> found = new CompletableFuture<>();
    Runnable stop =
        onChange(
            change -> {
              if (enough.test(change.after())) {
                found.complete(change.after());
              }
            });
    try {
      ServiceSnapshot now = snapshot();
      if (enough.test(now)) {
        return Optional.of(now);
      }
      return Waiting.upTo(atMost, found) ? Optional.of(found.join()) : Optional.empty();
    } finally {
      stop.run();
    }
  }

  /**
   * Waits, at start-up for example, until at least so many instances are {@link InstanceStatus#UP}.
   *
   * @return empty if {@code atMost} passed first
   * @throws InterruptedException if interrupted
   */
  public Optional<ServiceSnapshot> awaitInstances(int atLeast, Duration atMost)
      throws InterruptedException {
    return await(snapshot -> snapshot.up().size() >= atLeast, atMost);
  }

  /**
   * Calls {@code listener} after each change of the instances or the freshness, on a thread of the
   * registry that all listeners share: coalesced, in order, never two calls at a time. A listener
   * must not wait for a view; a slow one delays the others. Its exceptions are logged, and a drain
   * counts that listener as not told.
   *
   * @return stops it; one call that has already begun still finishes
   */
  public Runnable onChange(Consumer<? super ServiceChange> listener) {
    return onChangeAsync(
        change -> {
          listener.accept(change);
          return DONE;
        });
  }

  /**
   * As {@link #onChange}, for a listener that passes the change on and completes it later.
   *
   * <p>A drain is acknowledged when all listeners are done with the change that shows the instance
   * as draining. So a listener that passes instances to other processes, such as a proxy's
   * configuration, returns a stage that completes when they use the change. If the stage fails or
   * never completes, the change is not acknowledged: the drain waits until its bound and names this
   * client as behind. But if the listener completes a later change first, that acknowledges all
   * earlier ones too.
   *
   * @param listener must not block; further changes are delivered while its stages are open
   */
  public Runnable onChangeAsync(
      Function<? super ServiceChange, ? extends CompletionStage<?>> listener) {
    ViewListener subscribed = shared.subscribe(listener);
    listeners.add(subscribed);
    if (closed.get()) {
      stop(subscribed);
    }
    return () -> stop(subscribed);
  }

  /**
   * The age of {@link #snapshot}: see {@link ServiceSnapshot#age}.
   *
   * @return zero while the snapshot is LIVE or PROTECTED; empty before the cluster's first answer
   */
  public Optional<Duration> age() {
    return shared.age();
  }

  /**
   * Reports the result of a call to an instance. It overrules protection: after {@link
   * CallResult#FAILED}, an instance that is held is dropped at once, and an instance that vanishes
   * soon afterwards is not held. It removes no instance that the cluster names; leaving those out
   * is the load balancer's task. Cheap; never blocks.
   *
   * @param instance as it was picked; ignored if another registration is shown by now
   */
  public void report(RegisteredInstance instance, CallResult seen) {
    shared.report(instance, seen);
  }

  private void stop(ViewListener listener) {
    listeners.remove(listener);
    shared.unsubscribe(listener);
  }

  /** Stops the listeners of this view. The shared watch ends with its last view. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      listeners.forEach(this::stop);
      release.run();
    }
  }
}
