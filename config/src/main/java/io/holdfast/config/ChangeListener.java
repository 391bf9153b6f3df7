package io.holdfast.config;

import io.holdfast.spi.Observers;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener of a view: told of the latest snapshot, one call at a time. */
final class ChangeListener {

  private final Executor callbacks;
  private final Consumer<? super ConfigChange> listener;

  /** Guarded by this, as are all below. */
  private ConfigSnapshot told;

  private @Nullable ConfigSnapshot news;
  private boolean telling;
  private boolean stopped;

  ChangeListener(
      Executor callbacks, Consumer<? super ConfigChange> listener, ConfigSnapshot known) {
    this.callbacks = callbacks;
    this.listener = listener;
    this.told = known;
  }

  /** Any thread may call. */
  void offer(ConfigSnapshot next) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      news = next;
      if (telling) {
        return;
      }
      telling = true;
    }
    callbacks.execute(this::tell);
  }

  private void tell() {
    while (true) {
      ConfigChange change;
      synchronized (this) {
        ConfigSnapshot next = news;
        news = null;
        if (next == null || stopped) {
          telling = false;
          return;
        }
        if (isSame(next, told)) {
          continue;
        }
        change = new ConfigChange(told, next);
        told = next;
      }
      Observers.tell(listener, change);
    }
  }

  private static boolean isSame(ConfigSnapshot one, ConfigSnapshot other) {
    return one.freshness() == other.freshness()
        && one.isKnown() == other.isKnown()
        && one.settings().equals(other.settings())
        && one.held().equals(other.held());
  }

  synchronized void stop() {
    stopped = true;
  }
}
