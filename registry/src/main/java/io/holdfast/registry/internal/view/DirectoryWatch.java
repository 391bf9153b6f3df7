package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a watch on a service's directory, through all sessions and broken connections.
 *
 * <p>Coming back from a broken connection takes a new watch: that the connection stands again does
 * not yet mean that what was missed has arrived. {@link Relisting} says when the new watch may
 * begin, and the {@link ViewAnnouncements} is told before.
 *
 * <p>A new watch may begin on a server that lags behind what is shown already, or after the
 * directory vanished together with its revision. What it says is not shown then, but settled by a
 * linearizable read, which cannot be behind; so a view never goes back and never gets stuck.
 *
 * <p>Used in the coordinator's context only.
 */
final class DirectoryWatch {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

  /** Shows what is seen. */
  interface View {
    ServiceSnapshot snapshot();

    /** The cluster says this now. */
    void accept(Session from, Snapshot there);

    /** From now on it is unknown what the cluster would say. */
    void outOfTouch();
  }

  private final Coordinator coordinator;
  private final Context context;
  private final Key directory;
  private final Key place;
  private final ViewContext support;
  private final View view;
  private final Backoff backoff;

  private @Nullable Session session;
  private Watch watch = () -> {};
  private Relisting.@Nullable Turn turn;
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};

  /** Counts the watches; what an earlier one still delivers is passed over. */
  private long generation;

  private boolean settling;
  private boolean announced;
  private boolean stopped;

  /** Looks at {@code directory}, and says so at {@code place}. */
  DirectoryWatch(
      Coordinator coordinator, Key directory, Key place, ViewContext support, View view) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.directory = directory;
    this.place = place;
    this.support = support;
    this.view = view;
    this.backoff = new Backoff(context.random());
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
    support.audience().leave(place, view);
  }

  private void opened(Session next) {
    if (stopped) {
      return;
    }
    abandon();
    session = next;
    stopStates = next.onState(state -> changed(next, state));
    support.audience().join(next, place, view, view.snapshot(), () -> announced(next));
  }

  /** The view is announced, and may watch now; called again if the announcement is repeated. */
  private void announced(Session on) {
    if (on == session) {
      announced = true;
      ServiceSnapshot shown = view.snapshot();
      take(on, shown.freshness() != Freshness.DISK && !shown.isEmpty());
    }
  }

  /** Takes its turn to watch anew; without a pause if it has nothing to show meanwhile. */
  private void take(Session on, boolean hasSomething) {
    endTurn();
    turn =
        hasSomething
            ? support.relisting().afterPause(() -> watchAnew(on))
            : support.relisting().now(() -> watchAnew(on));
  }

  private void changed(Session of, SessionState state) {
    if (of != session) {
      return;
    }
    endTurn();
    generation++;
    if (state != SessionState.ACTIVE) {
      view.outOfTouch();
    } else if (announced) {
      take(of, true);
    }
  }

  private void abandon() {
    generation++;
    settling = false;
    announced = false;
    endTurn();
    watch.close();
    stopStates.run();
    session = null;
    view.outOfTouch();
  }

  private void endTurn() {
    if (turn != null) {
      turn.end();
      turn = null;
    }
  }

  private void watchAnew(Session on) {
    watch.close();
    settling = false;
    long mine = ++generation;
    watch =
        on.watch(
            directory,
            there -> {
              if (mine == generation) {
                endTurn();
                heard(on, there);
              }
            });
  }

  private void heard(Session from, Snapshot there) {
    if (there.revision().compareTo(view.snapshot().revision()) >= 0) {
      accept(from, there);
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
                accept(with, there);
              } else {
                LOG.debug("cannot read {} yet", directory, failure);
                context.schedule(backoff.next(), () -> settle(with, mine));
              }
            });
  }

  private void accept(Session from, Snapshot there) {
    settling = false;
    backoff.reset();
    view.accept(from, there);
  }
}
