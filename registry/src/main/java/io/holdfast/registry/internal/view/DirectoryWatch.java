package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.spi.MonotonicWatch;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a watch on a service's directory, through all sessions and broken connections.
 *
 * <p>Coming back from a broken connection takes a new watch: that the connection stands again does
 * not yet mean that what was missed has arrived. {@link Relisting} says when the new watch may
 * begin, and the {@link ViewAnnouncements} is told before.
 *
 * <p>Used in the coordinator's context only.
 */
final class DirectoryWatch {

  /** Shows what is seen. */
  interface View {
    ServiceSnapshot snapshot();

    /** The cluster says this now. */
    void accept(Session from, Snapshot there);

    /** From now on it is unknown what the cluster would say. */
    void outOfTouch();
  }

  private final Coordinator coordinator;
  private final Key place;
  private final ViewContext support;
  private final View view;
  private final Backoff backoff;
  private final MonotonicWatch watch;

  private @Nullable Session session;
  private Relisting.@Nullable Turn turn;
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};

  private boolean announced;
  private boolean stopped;

  /** Looks at {@code directory}, and says so at {@code place}. */
  DirectoryWatch(
      Coordinator coordinator, Key directory, Key place, ViewContext support, View view) {
    this.coordinator = coordinator;
    this.place = place;
    this.support = support;
    this.view = view;
    this.backoff = new Backoff(coordinator.context().random());
    this.watch =
        new MonotonicWatch(
            coordinator.context(),
            directory,
            () -> view.snapshot().revision(),
            backoff::next,
            this::accept);
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
            ? support.relisting().afterPause(() -> watch.watch(on))
            : support.relisting().now(() -> watch.watch(on));
  }

  private void changed(Session of, SessionState state) {
    if (of != session) {
      return;
    }
    endTurn();
    watch.passOver();
    if (state != SessionState.ACTIVE) {
      view.outOfTouch();
    } else if (announced) {
      take(of, true);
    }
  }

  private void abandon() {
    announced = false;
    endTurn();
    watch.end();
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

  private void accept(Session from, Snapshot there) {
    endTurn();
    backoff.reset();
    view.accept(from, there);
  }
}
