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
import io.holdfast.registry.InstanceReader.Reading;
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
 * <p>The state is the freshness of {@link #snapshot}: DISK or an empty STALE until the cluster is
 * heard; then LIVE, or PROTECTED while {@link Holding} holds somebody; STALE whenever the session
 * is not ACTIVE. Coming back from there takes a new watch, whose first delivery makes it LIVE: that
 * the connection stands again does not yet mean that what was missed has arrived. {@link Relisting}
 * says when the new watch may begin.
 *
 * <p>A new watch may begin on a server that lags behind what is shown already, or after the
 * directory vanished together with its revision. What it says is not shown then, but settled by a
 * linearizable read, which cannot be behind; so a view never goes back and never gets stuck.
 *
 * <p>All but {@link #snapshot}, the listeners and the evidence is used in the coordinator's context
 * only.
 */
final class SharedView {

  private static final Logger LOG = LoggerFactory.getLogger(SharedView.class);

  private final Coordinator coordinator;
  private final Context context;
  private final String service;
  private final Key directory;
  private final Key place;
  private final ViewSupport support;
  private final InstanceReader reader;
  private final LocalEvidence evidence;
  private final Holding holding;
  private final DiskCopy disk;
  private final Backoff backoff;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** How many views use it. Guarded by the registry's monitor. */
  int users;

  /** Written in the context only, after the constructor. */
  private volatile ServiceSnapshot snapshot;

  private @Nullable Session session;
  private Watch watch = () -> {};
  private Relisting.@Nullable Turn turn;
  private Runnable stopSessions = () -> {};
  private Runnable stopStates = () -> {};
  private Runnable stopHoldTimer = () -> {};

  /** Counts the watches; what an earlier one still delivers is passed over. */
  private long generation;

  private boolean settling;
  private boolean announced;
  private boolean stopped;

  /** The draining instances that were last spoken of to the audience. */
  private Map<String, Revision> draining = Map.of();

  /** Reads the disk, if there is a cache. */
  SharedView(Coordinator coordinator, String service, RegistryFormat format, ViewSupport support) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.service = service;
    this.directory = format.directory(service);
    this.place = Audience.of(service, format);
    this.support = support;
    this.reader = new InstanceReader(service, format);
    this.evidence = new LocalEvidence(support.protection().window().toNanos());
    this.holding = new Holding(service, support.protection(), evidence);
    this.disk = support.newDiskCopy(context);
    this.backoff = new Backoff(context.random());
    this.snapshot = disk.read(service).orElseGet(() -> ServiceSnapshot.unknown(service));
  }

  // From any thread.

  String service() {
    return service;
  }

  ServiceSnapshot snapshot() {
    return snapshot;
  }

  Duration age() {
    return snapshot.age(support.clock().instant());
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
    disk.flush();
    context.execute(
        () -> {
          stopped = true;
          stopSessions.run();
          stopHoldTimer.run();
          abandon();
          support.audience().leave(place, this);
        });
  }

  Listener subscribe(Consumer<? super ServiceChange> consumer) {
    Listener listener = new Listener(this::snapshot, consumer, support.listenerThread());
    listeners.add(listener);
    listener.wake();
    return listener;
  }

  void unsubscribe(Listener listener) {
    listener.stop();
    listeners.remove(listener);
  }

  void report(Registered instance, Evidence seen) {
    Registered shown = snapshot.find(instance.id()).filter(instance::isSameAs).orElse(null);
    if (shown == null) {
      return;
    }
    evidence.note(shown, seen, context.nanoTime());
    if (shown.isHeld() && seen == Evidence.FAILED) {
      context.execute(this::reviewHolds);
    }
  }

  // In the context: the session and the watch.

  private void opened(Session next) {
    if (stopped) {
      return;
    }
    abandon();
    session = next;
    stopStates = next.onState(state -> changed(next, state));
    support.audience().join(next, place, this, snapshot, () -> announced(next));
  }

  /** Whoever looks on has said so before; perhaps again, if that took several tries. */
  private void announced(Session on) {
    if (on == session) {
      announced = true;
      boolean hasSomething = snapshot.freshness() != Freshness.DISK && !snapshot.isEmpty();
      take(on, hasSomething);
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
      outOfTouch();
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
    outOfTouch();
  }

  private void endTurn() {
    if (turn != null) {
      turn.end();
      turn = null;
    }
  }

  /** What came from the disk remains that; all else was true until now. */
  private void outOfTouch() {
    Freshness before = snapshot.freshness();
    if (before == Freshness.LIVE || before == Freshness.PROTECTED) {
      show(
          new ServiceSnapshot(
              service(),
              snapshot.revision(),
              Freshness.STALE,
              snapshot.instances(),
              support.clock().instant()));
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

  // In the context: what the cluster says.

  private void heard(Session from, Snapshot there) {
    if (there.revision().compareTo(snapshot.revision()) >= 0) {
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
    Reading reading = reader.read(there);
    // What the disk says may be of a cluster that has been built anew since.
    Revision revision =
        snapshot.freshness() == Freshness.DISK
            ? reading.revision()
            : Revision.later(snapshot.revision(), reading.revision());
    holding.heard(reading, context.nanoTime(), support.clock().instant());
    assemble(revision, from.state() == SessionState.ACTIVE);
    acknowledge(Draining.in(there, reading.instances()));
  }

  /** Says so behind the listeners, so that all of them have been told before. */
  private void acknowledge(Map<String, Revision> nowDraining) {
    if (nowDraining.equals(draining)) {
      return;
    }
    draining = nowDraining;
    Revision shows = snapshot.revision();
    support
        .listenerThread()
        .execute(
            () ->
                context.execute(() -> support.audience().passed(place, this, shows, nowDraining)));
  }

  private void assemble(Revision revision, boolean inTouch) {
    holding.letGo(context.nanoTime(), inTouch);
    stopHoldTimer.run();
    holding
        .nextDeadline()
        .ifPresent(
            deadline ->
                stopHoldTimer =
                    context.schedule(support.until(deadline, context), this::reviewHolds));
    Freshness heard = holding.isHolding() ? Freshness.PROTECTED : Freshness.LIVE;
    show(
        new ServiceSnapshot(
            service(),
            revision,
            inTouch ? heard : Freshness.STALE,
            holding.shown(),
            support.clock().instant()));
  }

  /** While the cluster cannot be heard, no time passes for those that are held. */
  private void reviewHolds() {
    Freshness now = snapshot.freshness();
    if (now == Freshness.PROTECTED) {
      assemble(snapshot.revision(), true);
    } else if (now == Freshness.STALE && holding.isHolding()) {
      holding.letGo(context.nanoTime(), false);
      show(
          new ServiceSnapshot(
              service(), snapshot.revision(), now, holding.shown(), snapshot.asOf()));
    }
  }

  private void show(ServiceSnapshot next) {
    ServiceSnapshot before = snapshot;
    snapshot = next;
    disk.shown(next);
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
