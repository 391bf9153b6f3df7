package io.holdfast.registry.dual;

import io.holdfast.registry.CallResult;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceChange;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One view of a service in two registries, by the {@link Phase} of its move. Safe for use by many
 * threads. Load balancers take it as they take a view of one registry.
 *
 * <p>An instance that is in both is shown once. While one registry is away, its last snapshot still
 * counts, except for instances that the other registry has seen leave. The revision of its
 * snapshots is a count of its own and grows with each change; the {@link RegisteredInstance#epoch}
 * of an instance is that of the registry which describes it.
 *
 * <p>A drain that is acknowledged by a view has reached its listeners, and they are done with it;
 * those of either registry make the merged snapshot anew before that, so what holds for a view
 * holds here as well.
 */
public final class DualView implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DualView.class);

  private final ServiceView old;
  private final ServiceView now;
  private final Phases phases;
  private final Runnable stopPhases;
  private final List<Told> listeners = new CopyOnWriteArrayList<>();

  /** A listener, and what completes when he is stopped. */
  private record Told(
      Function<? super ServiceChange, ? extends CompletionStage<?>> listener,
      CompletableFuture<@Nullable Object> stopped) {

    /** Completes when no drain has to wait for it any more. */
    CompletableFuture<?> of(ServiceChange change) {
      try {
        return CompletableFuture.anyOf(listener.apply(change).toCompletableFuture(), stopped);
      } catch (RuntimeException e) {
        LOG.warn("a listener of {} failed", change.after().service(), e);
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  /** Guarded by itself. */
  private final Merge merge;

  /** Written under {@link #merge}. */
  private volatile ServiceSnapshot snapshot;

  /** Held while listeners are told, so that they are told in order. */
  private final Object telling = new Object();

  /** The last snapshot that listeners were told of. Guarded by {@link #telling}. */
  private ServiceSnapshot told;

  /** Completes when the listeners are done with that. Guarded by {@link #telling}. */
  private CompletionStage<?> settled = CompletableFuture.completedFuture(null);

  DualView(ServiceView old, ServiceView now, Phases phases) {
    this.old = old;
    this.now = now;
    this.phases = phases;
    this.merge = new Merge(old.service());
    this.snapshot = merge.merged();
    this.told = snapshot;
    old.onChangeAsync(change -> refresh());
    now.onChangeAsync(change -> refresh());
    this.stopPhases = phases.onChange(this::refresh);
    refresh();
  }

  /** The service's name. */
  public String service() {
    return old.service();
  }

  /** What is known now. One volatile read; the same object until something changes. */
  public ServiceSnapshot snapshot() {
    return snapshot;
  }

  /** Where the two registries differ, as far as their views have heard. */
  public Divergence divergence() {
    return Divergence.between(old.snapshot(), now.snapshot());
  }

  /** How far the move has come. */
  public Phase phase() {
    return phases.of(service());
  }

  /**
   * Calls {@code listener} after each change of the instances or the freshness, on the threads of
   * the two registries or that which changes the phase: coalesced, in order, never two calls at a
   * time. What it throws is logged.
   *
   * @return stops it
   */
  public Runnable onChange(Consumer<? super ServiceChange> listener) {
    return onChangeAsync(
        change -> {
          listener.accept(change);
          return CompletableFuture.completedFuture(null);
        });
  }

  /**
   * The same for a listener that is done later, as {@link ServiceView#onChangeAsync} has it.
   *
   * @return stops it
   */
  public Runnable onChangeAsync(
      Function<? super ServiceChange, ? extends CompletionStage<?>> listener) {
    Told told = new Told(listener, new CompletableFuture<>());
    listeners.add(told);
    return () -> {
      listeners.remove(told);
      told.stopped().complete(null);
    };
  }

  /**
   * Waits for a snapshot that {@code enough} accepts. The present one may do.
   *
   * @return empty if {@code atMost} passed first
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
      ServiceSnapshot present = snapshot;
      if (enough.test(present)) {
        return Optional.of(present);
      }
      return Optional.of(found.get(Durations.nanos(atMost), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails this future", e);
    } finally {
      stop.run();
    }
  }

  /** As {@link ServiceView#report} has it, for whichever registry shows the instance. */
  public void report(RegisteredInstance instance, CallResult seen) {
    old.report(instance, seen);
    now.report(instance, seen);
  }

  /** Completes when the listeners are done with what is known now. */
  private CompletionStage<?> refresh() {
    synchronized (merge) {
      ServiceSnapshot before = snapshot;
      snapshot = merge.of(old.snapshot(), now.snapshot(), phase());
      if (snapshot.freshness() != before.freshness()) {
        LOG.info("view of {} in two registries is {}", service(), snapshot.freshness());
      }
    }
    return tell();
  }

  private CompletionStage<?> tell() {
    synchronized (telling) {
      ServiceSnapshot before = told;
      ServiceSnapshot after = snapshot;
      if (!before.revision().equals(after.revision())) {
        told = after;
        ServiceChange change = new ServiceChange(before, after);
        settled =
            CompletableFuture.allOf(
                listeners.stream()
                    .map(listener -> listener.of(change))
                    .toArray(CompletableFuture<?>[]::new));
      }
      return settled;
    }
  }

  /** Ends it. Idempotent. */
  @Override
  public void close() {
    stopPhases.run();
    old.close();
    now.close();
  }
}
