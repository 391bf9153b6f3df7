package io.holdfast.registry;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one watch on a service behind all its {@link ServiceView}s.
 *
 * <p>The state is the freshness of {@link #snapshot}: STALE until the cluster is heard, LIVE from
 * then on, STALE whenever the session is not ACTIVE. Coming back from there takes a new watch,
 * whose first delivery makes it LIVE: that the connection stands again does not yet mean that what
 * was missed has arrived.
 *
 * <p>A new watch may begin on a server that lags behind what is shown already, or after the
 * directory vanished together with its revision. What it says is not shown then, but settled by a
 * linearizable read, which cannot be behind; so a view never goes back and never gets stuck.
 *
 * <p>All but {@link #snapshot} and the listeners is used in the coordinator's context only.
 */
final class SharedView {

  private static final Logger LOG = LoggerFactory.getLogger(SharedView.class);
  private static final Duration SETTLE_AGAIN = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final Context context;
  private final String service;
  private final Key directory;
  private final Key place;
  private final ListenerThread thread;
  private final Audience audience;
  private final InstanceReader reader;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** How many views use it. Guarded by the registry's monitor. */
  int users;

  /** Written in the context only. */
  private volatile ServiceSnapshot snapshot;

  private @Nullable Session session;
  private Watch watch = () -> {};
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};

  /** Counts the watches; what an earlier one still delivers is passed over. */
  private long generation;

  private boolean settling;
  private boolean announced;
  private boolean stopped;

  /** The draining instances that were last spoken of to the {@link #audience}. */
  private Map<String, Revision> draining = Map.of();

  SharedView(
      Coordinator coordinator,
      String service,
      RegistryFormat format,
      ListenerThread thread,
      Audience audience) {
    this.coordinator = coordinator;
    this.audience = audience;
    this.context = coordinator.context();
    this.service = service;
    this.directory = format.directory(service);
    this.place = Audience.of(service, format);
    this.thread = thread;
    this.reader = new InstanceReader(service, format);
    this.snapshot = ServiceSnapshot.unknown(service);
  }

  // From any thread.

  String service() {
    return service;
  }

  ServiceSnapshot snapshot() {
    return snapshot;
  }

  void start() {
    context.execute(
        () -> {
          if (!stopped) {
            stopSessions = coordinator.onSession(this::opened);
          }
        });
  }

  void stop() {
    context.execute(
        () -> {
          stopped = true;
          stopSessions.run();
          abandon();
          audience.leave(place, this);
        });
  }

  Listener subscribe(Consumer<? super ServiceChange> consumer) {
    Listener listener = new Listener(this::snapshot, consumer, thread);
    listeners.add(listener);
    listener.wake();
    return listener;
  }

  void unsubscribe(Listener listener) {
    listener.stop();
    listeners.remove(listener);
  }

  // In the context.

  private void opened(Session next) {
    if (stopped) {
      return;
    }
    abandon();
    session = next;
    stopStates = next.onState(state -> changed(next, state));
    audience.join(next, place, this, snapshot, () -> begin(next));
  }

  private void begin(Session on) {
    if (on == session) {
      announced = true;
      watchAnew(on);
    }
  }

  private void changed(Session of, SessionState state) {
    if (of != session) {
      return;
    }
    if (state != SessionState.ACTIVE) {
      show(snapshot.withFreshness(Freshness.STALE));
    } else if (announced) {
      watchAnew(of);
    }
  }

  private void abandon() {
    generation++;
    settling = false;
    announced = false;
    watch.close();
    stopStates.run();
    session = null;
    show(snapshot.withFreshness(Freshness.STALE));
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
                heard(on, there);
              }
            });
  }

  private void heard(Session from, Snapshot there) {
    if (there.revision().compareTo(snapshot.revision()) >= 0) {
      settling = false;
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
                settling = false;
                accept(with, there);
              } else {
                LOG.debug("cannot read {} yet", directory, failure);
                context.schedule(SETTLE_AGAIN, () -> settle(with, mine));
              }
            });
  }

  private void accept(Session from, Snapshot there) {
    ServiceSnapshot next = reader.read(there);
    Revision revision = Revision.later(snapshot.revision(), next.revision());
    Freshness freshness = from.state() == SessionState.ACTIVE ? Freshness.LIVE : Freshness.STALE;
    show(new ServiceSnapshot(service(), revision, freshness, next.instances()));
    acknowledge(Draining.in(there, next));
  }

  /** Says so behind the listeners, so that all of them have been told before. */
  private void acknowledge(Map<String, Revision> nowDraining) {
    if (nowDraining.equals(draining)) {
      return;
    }
    draining = nowDraining;
    Revision shows = snapshot.revision();
    thread.execute(() -> context.execute(() -> audience.passed(place, this, shows, nowDraining)));
  }

  private void show(ServiceSnapshot next) {
    ServiceSnapshot before = snapshot;
    if (next.equals(before)) {
      return;
    }
    snapshot = next;
    if (next.freshness() != before.freshness()) {
      LOG.info(
          "view of {} is {} with {} instances at {}",
          service(),
          next.freshness(),
          next.instances().size(),
          next.revision());
    }
    listeners.forEach(Listener::wake);
  }
}
