package io.holdfast.config;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Context;
import io.holdfast.spi.MonotonicWatch;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a watch on a group, through all sessions and broken connections.
 *
 * <p>That a connection stands again does not mean that what was missed has arrived: a new watch is
 * taken, after a random pause, because a whole fleet may do so.
 *
 * <p>Used in the coordinator's context only.
 */
final class GroupWatch {

  private static final Duration SPREAD = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Coordinator coordinator;
  private final Context context;
  private final Supplier<ConfigSnapshot> shown;
  private final Consumer<ConfigSnapshot> show;
  private final MonotonicWatch watch;

  private @Nullable Session session;
  private Runnable turn = () -> {};
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};

  private boolean stopped;

  GroupWatch(
      Coordinator coordinator,
      KeyRing keys,
      String group,
      Supplier<ConfigSnapshot> shown,
      Consumer<ConfigSnapshot> show) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.shown = shown;
    this.show = show;
    this.watch =
        new MonotonicWatch(
            context,
            ConfigKey.current(group),
            () -> shown.get().revision(),
            () -> context.jittered(RETRY),
            (from, there) -> show.accept(shown.get().next(there, keys, Instant.now())));
  }

  void start() {
    if (!stopped) {
      stopSessions = coordinator.onSession(this::opened);
    }
  }

  void stop() {
    stopped = true;
    stopSessions.run();
    abandon();
  }

  private void opened(Session next) {
    if (stopped) {
      return;
    }
    abandon();
    session = next;
    stopStates = next.onState(state -> changed(next, state));
    take(next);
  }

  /** Without a pause if there is nothing from the cluster to show meanwhile. */
  private void take(Session on) {
    turn.run();
    ConfigSnapshot now = shown.get();
    if (now.isKnown() && now.freshness() != ConfigFreshness.DISK) {
      turn = context.schedule(context.spread(SPREAD), () -> watchAnew(on));
    } else {
      watchAnew(on);
    }
  }

  private void changed(Session of, SessionState state) {
    if (of != session) {
      return;
    }
    watch.passOver();
    turn.run();
    if (state == SessionState.ACTIVE) {
      take(of);
    } else {
      outOfTouch();
    }
  }

  private void abandon() {
    turn.run();
    watch.end();
    stopStates.run();
    session = null;
    outOfTouch();
  }

  private void outOfTouch() {
    ConfigSnapshot now = shown.get();
    if (now.freshness() == ConfigFreshness.LIVE) {
      show.accept(now.withFreshness(ConfigFreshness.STALE));
    }
  }

  private void watchAnew(Session on) {
    if (on == session) {
      watch.watch(on);
    }
  }
}
