package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionState;
import io.holdfast.registry.CallResult;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceChange;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.internal.disk.ViewFile;
import io.holdfast.registry.internal.view.InstanceReader.Reading;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What all {@link ServiceView}s of a service show; a {@link DirectoryWatch} keeps the one watch
 * behind them.
 *
 * <p>The state is the freshness of {@link #snapshot}: DISK or an empty STALE until the cluster is
 * heard; then LIVE, or PROTECTED while {@link HeldInstances} holds an instance; STALE whenever the
 * session is not ACTIVE, and from there LIVE again once a new watch has delivered.
 *
 * <p>All but {@link #snapshot}, the listeners and the evidence is used in the coordinator's context
 * only.
 */
public final class SharedView implements DirectoryWatch.View {

  private static final Logger LOG = LoggerFactory.getLogger(SharedView.class);

  private final Context context;
  private final String service;
  private final Key place;
  private final ViewContext support;
  private final InstanceReader reader;
  private final RecentFailures evidence;
  private final HeldInstances holding;
  private final ViewFile disk;
  private final DirectoryWatch directoryWatch;
  private final List<ViewListener> listeners = new CopyOnWriteArrayList<>();

  /** Used on the listener thread only. */
  private final ListenerAcknowledgements acknowledgements = new ListenerAcknowledgements();

  /** Written in the context only, after the constructor. */
  private volatile ServiceSnapshot snapshot;

  private Runnable stopHoldTimer = () -> {};
  private Runnable stopSweeping = () -> {};

  /** What the cluster said last. */
  private @Nullable Snapshot latest;

  /** The draining instances that were last spoken of to the audience. */
  private Map<String, Revision> draining = Map.of();

  /** Reads the disk, if there is a cache. */
  public SharedView(
      Coordinator coordinator, String service, RegistryFormat format, ViewContext support) {
    this.context = coordinator.context();
    this.service = service;
    this.place = ViewAnnouncements.of(service, format);
    this.support = support;
    this.reader = new InstanceReader(service, format);
    this.evidence = new RecentFailures(Durations.nanos(support.protection().window()));
    this.holding = new HeldInstances(service, support.protection(), evidence);
    this.disk = support.newDiskCopy(context);
    this.snapshot = disk.read(service).orElseGet(() -> ServiceSnapshot.unknown(service));
    this.directoryWatch =
        new DirectoryWatch(coordinator, format.directory(service), place, support, this);
  }

  // From any thread.

  public String service() {
    return service;
  }

  @Override
  public ServiceSnapshot snapshot() {
    return snapshot;
  }

  public Optional<Duration> age() {
    return snapshot.age(support.clock().instant());
  }

  public void start() {
    context.execute(
        () -> {
          directoryWatch.start();
          stopSweeping =
              support
                  .goodbyes()
                  .map(goodbyes -> goodbyes.keepSwept(() -> Optional.ofNullable(latest)))
                  .orElse(() -> {});
        });
  }

  public void stop() {
    disk.flush();
    context.execute(
        () -> {
          directoryWatch.stop();
          stopHoldTimer.run();
          stopSweeping.run();
        });
  }

  public ViewListener subscribe(
      Function<? super ServiceChange, ? extends CompletionStage<?>> handler) {
    ViewListener listener =
        new ViewListener(
            this::snapshot, handler, support.listenerThread(), acknowledgements::advance);
    listeners.add(listener);
    listener.wake();
    return listener;
  }

  public void unsubscribe(ViewListener listener) {
    listeners.remove(listener);
    listener.stop();
  }

  public void report(RegisteredInstance instance, CallResult seen) {
    RegisteredInstance shown = snapshot.find(instance.id()).filter(instance::isSameAs).orElse(null);
    if (shown == null) {
      return;
    }
    evidence.note(shown, seen, context.nanoTime());
    if (shown.isHeld() && seen == CallResult.FAILED) {
      context.execute(this::reviewHolds);
    }
  }

  // In the context.

  /** What came from the disk remains that; all else was true until now. */
  @Override
  public void outOfTouch() {
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

  @Override
  public void accept(Session from, Snapshot there) {
    latest = there;
    Reading reading = reader.read(there);
    // What the disk says may be of a cluster that has been built anew since.
    Revision revision =
        snapshot.freshness() == Freshness.DISK
            ? reading.revision()
            : Revision.later(snapshot.revision(), reading.revision());
    holding.heard(reading, context.nanoTime(), support.clock().instant());
    assemble(revision, from.state() == SessionState.ACTIVE);
    acknowledge(DrainingInstances.in(there, reader.draining()));
  }

  /** Says so when all the listeners have been told, and are done with it. */
  private void acknowledge(Map<String, Revision> nowDraining) {
    if (nowDraining.equals(draining)) {
      return;
    }
    draining = nowDraining;
    Revision shows = snapshot.revision();
    Runnable say =
        () -> context.execute(() -> support.audience().passed(place, this, shows, nowDraining));
    support.listenerThread().execute(() -> acknowledgements.await(listeners, say));
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

  /** Of which the coordinator tells once, and not each view. */
  private static boolean isOutage(ServiceSnapshot before, ServiceSnapshot next) {
    return next.freshness() == Freshness.STALE
        || (before.freshness() == Freshness.STALE && !before.revision().equals(Revision.NONE));
  }

  private void show(ServiceSnapshot next) {
    ServiceSnapshot before = snapshot;
    snapshot = next;
    disk.shown(next);
    if (next.freshness() != before.freshness()) {
      LOG.atLevel(isOutage(before, next) ? Level.DEBUG : Level.INFO)
          .log(
              "view of {} is {} with {} instances at {}",
              service(),
              next.freshness(),
              next.instances().size(),
              next.revision());
    }
    listeners.forEach(ViewListener::wake);
  }
}
