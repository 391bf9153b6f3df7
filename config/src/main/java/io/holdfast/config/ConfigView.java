package io.holdfast.config;

import io.holdfast.coordination.Coordinator;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one group, kept up to date. Safe for use by many threads.
 *
 * <p>A view never goes backwards, and an outage never empties it: while the cluster is away it
 * shows the last known settings, {@link ConfigFreshness#STALE}. With a cache it begins with what an
 * earlier run has left, {@link ConfigFreshness#DISK}, so that a process can start while the cluster
 * is away.
 */
public final class ConfigView implements AutoCloseable {

  private final String group;
  private final GroupWatch watch;
  private final @Nullable ViewFile file;
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private final Coordinator coordinator;

  /** Written in the context only, but for the first one. */
  private volatile ConfigSnapshot snapshot;

  private volatile boolean closed;

  ConfigView(Coordinator coordinator, ConfigOptions options, String group) {
    this.coordinator = coordinator;
    this.group = group;
    this.file =
        options
            .cache()
            .map(folder -> new ViewFile(coordinator.context(), folder, group))
            .orElse(null);
    this.snapshot =
        Optional.ofNullable(file)
            .flatMap(there -> there.read(options.keys()))
            .orElseGet(() -> ConfigSnapshot.unknown(group));
    this.watch = new GroupWatch(coordinator, options.keys(), group, this::snapshot, this::show);
    coordinator.context().execute(watch::start);
  }

  /** The group's name. */
  public String group() {
    return group;
  }

  /** The present snapshot. One volatile read; after {@link #close}, the last one. */
  public ConfigSnapshot snapshot() {
    return snapshot;
  }

  /**
   * Waits for a snapshot that {@code enough} accepts, such as {@code ConfigSnapshot::isKnown}.
   * Returns at once if it accepts the present one.
   *
   * @return empty if {@code atMost} passed first
   * @throws InterruptedException if interrupted
   */
  public Optional<ConfigSnapshot> await(Predicate<ConfigSnapshot> enough, Duration atMost)
      throws InterruptedException {
    CompletableFuture<ConfigSnapshot> found = new CompletableFuture<>();
    Runnable stop =
        onChange(
            change -> {
              if (enough.test(change.after())) {
                found.complete(change.after());
              }
            });
    try {
      ConfigSnapshot now = snapshot();
      return enough.test(now)
          ? Optional.of(now)
          : Optional.of(found.get(Durations.nanos(atMost), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing fails this future", e);
    } finally {
      stop.run();
    }
  }

  /**
   * Calls {@code listener} after each change of the settings or the freshness, where {@link
   * io.holdfast.spi.Callbacks} run: coalesced, in order, never two calls at a time. Its exceptions
   * are logged.
   *
   * @return stops it; one call that has already begun still finishes
   */
  public Runnable onChange(Consumer<? super ConfigChange> listener) {
    return onChange(snapshot, listener);
  }

  /** As {@link #onChange(Consumer)}, for one who has seen {@code known} already. */
  Runnable onChange(ConfigSnapshot known, Consumer<? super ConfigChange> listener) {
    ChangeListener subscribed =
        new ChangeListener(coordinator.context().callbacks(), listener, known);
    listeners.add(subscribed);
    subscribed.offer(snapshot);
    return () -> {
      subscribed.stop();
      listeners.remove(subscribed);
    };
  }

  /**
   * The settings as an object of the program, made anew when they change.
   *
   * @param reader makes it; throws if the settings make no sense. What it throws must not hold a
   *     secret: it is logged
   * @return closed with this view, at the latest
   * @throws InvalidConfigException or whatever else {@code reader} throws, if the present settings
   *     make no sense: a program that starts has nothing else to go on with
   */
  public <T> TypedConfig<T> typed(Function<? super ConfigSnapshot, ? extends T> reader) {
    return new TypedConfig<>(this, reader);
  }

  private void show(ConfigSnapshot next) {
    if (closed) {
      return;
    }
    snapshot = next;
    if (file != null) {
      file.shown(next);
    }
    listeners.forEach(listener -> listener.offer(next));
  }

  /** Stops the listeners. Writes the file if that is due; blocks for the disk. Idempotent. */
  @Override
  public void close() {
    closed = true;
    listeners.forEach(ChangeListener::stop);
    listeners.clear();
    coordinator.context().execute(watch::stop);
    if (file != null) {
      file.flush();
    }
  }
}
