package io.holdfast.config;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a watch on a group, through all sessions and broken connections.
 *
 * <p>That a connection stands again does not mean that what was missed has arrived: a new watch is
 * taken, after a random pause, because a whole fleet may do so. A new watch may begin on a server
 * that lags behind what is shown already. What it says is not shown then, but settled by a
 * linearizable read; so a view never goes back and never gets stuck.
 *
 * <p>Used in the coordinator's context only.
 */
final class GroupWatch {

  private static final Logger LOG = LoggerFactory.getLogger(GroupWatch.class);
  private static final Duration SPREAD = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Coordinator coordinator;
  private final Context context;
  private final KeyRing keys;
  private final Key directory;
  private final Supplier<ConfigSnapshot> shown;
  private final Consumer<ConfigSnapshot> show;

  private @Nullable Session session;
  private Watch watch = () -> {};
  private Runnable turn = () -> {};
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};

  /** Counts the watches; what an earlier one still delivers is passed over. */
  private long generation;

  private boolean settling;
  private boolean stopped;

  GroupWatch(
      Coordinator coordinator,
      KeyRing keys,
      String group,
      Supplier<ConfigSnapshot> shown,
      Consumer<ConfigSnapshot> show) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.keys = keys;
    this.directory = ConfigKey.current(group);
    this.shown = shown;
    this.show = show;
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
    generation++;
    turn.run();
    if (state == SessionState.ACTIVE) {
      take(of);
    } else {
      outOfTouch();
    }
  }

  private void abandon() {
    generation++;
    settling = false;
    turn.run();
    watch.close();
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
    if (on != session) {
      return;
    }
    watch.close();
    settling = false;
    long mine = ++generation;
    watch =
        on.watch(
            directory,
            there -> {
              if (mine == generation) {
                heard(on, there);
              }
            });
  }

  private void heard(Session from, Snapshot there) {
    if (there.revision().compareTo(shown.get().revision()) >= 0) {
      accept(there);
    } else if (!settling) {
      settling = true;
      settle(from, generation);
    }
  }

  /** Goes on until the read succeeds or the watch has caught up, whichever comes first. */
  private void settle(Session with, long mine) {
    if (mine != generation || !settling) {
      return;
    }
    with.list(directory, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (mine != generation || !settling) {
                return;
              }
              if (failure == null) {
                accept(there);
              } else {
                LOG.debug("cannot read {} yet", directory, failure);
                context.schedule(context.jittered(RETRY), () -> settle(with, mine));
              }
            });
  }

  private void accept(Snapshot there) {
    settling = false;
    show.accept(shown.get().next(there, keys, Instant.now()));
  }
}
