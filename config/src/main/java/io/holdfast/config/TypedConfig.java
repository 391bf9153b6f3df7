package io.holdfast.config;

import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a group as an object of the program.
 *
 * <p>Settings that make no sense are not applied: the last object that could be made stays, the
 * {@link #problem} says why, and a warning is logged. So a wrong edit stops no process that runs.
 *
 * @param <T> what it is; compared by {@code equals}
 */
public final class TypedConfig<T> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TypedConfig.class);

  private final Function<? super ConfigSnapshot, ? extends T> reader;
  private final Runnable stop;
  private volatile State<T> state;

  private record State<T>(T value, Optional<RuntimeException> problem) {}

  private volatile BiConsumer<? super T, ? super T> listener = (before, after) -> {};

  TypedConfig(ConfigView view, Function<? super ConfigSnapshot, ? extends T> reader) {
    this.reader = reader;
    ConfigSnapshot first = view.snapshot();
    this.state = new State<>(reader.apply(first), Optional.empty());
    this.stop = view.onChange(first, change -> changed(change.after()));
  }

  /** The object made of the latest settings that make sense. One volatile read. */
  public T value() {
    return state.value();
  }

  /** Why the present settings are not applied; empty if they are. */
  public Optional<RuntimeException> problem() {
    return state.problem();
  }

  /**
   * Calls {@code changed} with the object before and the one after, whenever they differ; in place
   * of what was given before. Called where listeners of the view are.
   */
  public TypedConfig<T> onChange(BiConsumer<? super T, ? super T> changed) {
    listener = changed;
    return this;
  }

  /** One call at a time, as a view's listeners are called. */
  private void changed(ConfigSnapshot now) {
    T before = state.value();
    T after = read(now);
    if (!Objects.equals(before, after)) {
      listener.accept(before, after);
    }
  }

  private T read(ConfigSnapshot now) {
    try {
      T next = reader.apply(now);
      state = new State<>(next, Optional.empty());
      return next;
    } catch (RuntimeException e) {
      LOG.warn(
          "the settings of {} at revision {} are not applied: {}",
          now.group(),
          now.revision(),
          e.getMessage());
      state = new State<>(state.value(), Optional.of(e));
      return state.value();
    }
  }

  /** Stops following the view. */
  @Override
  public void close() {
    stop.run();
  }
}
