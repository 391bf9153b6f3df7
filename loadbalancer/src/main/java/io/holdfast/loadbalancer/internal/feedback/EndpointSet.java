package io.holdfast.loadbalancer.internal.feedback;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.BalancerListener;
import io.holdfast.loadbalancer.BalancerStatistics;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.loadbalancer.Ticker;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.LatencyCost;
import io.holdfast.loadbalancer.internal.endpoint.RequestStart;
import io.holdfast.loadbalancer.internal.endpoint.RequestTracker;
import io.holdfast.loadbalancer.internal.endpoint.SlowStartProgress;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.health.OutlierDetector;
import io.holdfast.loadbalancer.internal.policy.PolicySettings;
import io.holdfast.registry.CallResult;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoints of the service, shared by a balancer and those made of it by {@code where}: what
 * one learns of an instance the others know.
 */
public final class EndpointSet implements RequestTracker {

  private static final Logger LOG = LoggerFactory.getLogger(EndpointSet.class);

  /** Longer than nearly all requests last. */
  public static final Duration ERA = Duration.ofMinutes(30);

  private record Incarnation(String id, long epoch) {
    static Incarnation of(RegisteredInstance registered) {
      return new Incarnation(registered.id(), registered.epoch().value());
    }
  }

  private final Ticker ticker;
  private final PolicySettings settings;
  private final long origin;
  private final @Nullable OutlierDetector detector;
  private final @Nullable CallReporter reporter;

  /** The instances of the latest snapshot. Guarded by this. */
  private Map<Incarnation, TrackedEndpoint> present = Map.of();

  /** The revision of that; NONE if it came from the disk. Guarded by this. */
  private Revision latest = Revision.NONE;

  /** True once the cluster was heard. Guarded by this. */
  private boolean heard;

  /** Of endpoints that have left. Guarded by this, as are the two below. */
  private long pastSuccesses;

  private long pastFailures;
  private long pastAbandoned;

  private final LongAdder none = new LongAdder();

  /** Changes with every ejection and its end. Written under the detector's lock. */
  private volatile int version;

  private volatile @Nullable BalancerListener listener;

  /** When the next era of active requests begins. Written under the lock on this. */
  private volatile long nextEra;

  public EndpointSet(PolicySettings settings, Ticker ticker, @Nullable CallReporter reporter) {
    this.settings = settings;
    this.ticker = ticker;
    this.reporter = reporter;
    this.origin = ticker.nanoTime();
    this.nextEra = origin + Durations.nanos(ERA);
    OutlierDetection rules = settings.outlierDetection();
    this.detector = rules == null ? null : new OutlierDetector(rules, origin, this::bump);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // under the detector's lock
  private void bump() {
    version++;
  }

  /** Changes when an instance is ejected or let back in. */
  public int version() {
    return version;
  }

  @Override
  public long nanoTime() {
    return ticker.nanoTime();
  }

  /**
   * The endpoints of {@code snapshot}, by id. Instances that an earlier snapshot held already keep
   * what is known of them; those that a later one no longer holds are forgotten, but for an
   * ejection that is not over.
   */
  public synchronized List<TrackedEndpoint> endpoints(ServiceSnapshot snapshot) {
    long now = ticker.nanoTime();
    Map<Incarnation, TrackedEndpoint> next = new HashMap<>();
    List<TrackedEndpoint> endpoints = new ArrayList<>();
    List<TrackedEndpoint> come = new ArrayList<>();
    for (RegisteredInstance registered : snapshot.instances()) {
      Incarnation incarnation = Incarnation.of(registered);
      TrackedEndpoint before = present.get(incarnation);
      TrackedEndpoint endpoint =
          new TrackedEndpoint(registered, before == null ? newLoad(now) : before.load(), this);
      if (before == null) {
        come.add(endpoint);
      }
      next.put(incarnation, endpoint);
      endpoints.add(endpoint);
    }
    if (isNews(snapshot)) {
      List<TrackedEndpoint> gone = goneFrom(next);
      if (detector != null) {
        detector.watch(
            endpoints.stream().filter(TrackedEndpoint::takesRequests).toList(), gone, come, now);
      }
      gone.forEach(endpoint -> keepCount(endpoint.load()));
      heard |= snapshot.freshness() != Freshness.DISK;
      latest = heard ? snapshot.revision() : Revision.NONE;
      present = next;
    }
    return List.copyOf(endpoints);
  }

  /**
   * Not so if another thread was faster with a later one. What the disk says counts until the
   * cluster is heard, whose revisions may be smaller: it may have been built anew. Guarded by this.
   */
  private boolean isNews(ServiceSnapshot snapshot) {
    return snapshot.freshness() == Freshness.DISK
        ? !heard
        : snapshot.revision().compareTo(latest) >= 0;
  }

  /** Guarded by this. */
  private List<TrackedEndpoint> goneFrom(Map<Incarnation, TrackedEndpoint> next) {
    return present.entrySet().stream()
        .filter(entry -> !next.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Guarded by this. */
  private void keepCount(EndpointLoad load) {
    pastSuccesses += load.successes();
    pastFailures += load.failures();
    pastAbandoned += load.abandoned();
  }

  /** Counts that there was no instance to choose. */
  public void noneChosen() {
    none.increment();
  }

  public synchronized BalancerStatistics statistics() {
    List<EndpointLoad> loads = present.values().stream().map(TrackedEndpoint::load).toList();
    return new BalancerStatistics(
        pastSuccesses + loads.stream().mapToLong(EndpointLoad::successes).sum(),
        pastFailures + loads.stream().mapToLong(EndpointLoad::failures).sum(),
        pastAbandoned + loads.stream().mapToLong(EndpointLoad::abandoned).sum(),
        none.sum(),
        loads.stream().mapToLong(EndpointLoad::active).sum(),
        detector == null ? 0 : detector.ejections(),
        (int) loads.stream().filter(load -> load.health().isEjected()).count());
  }

  /** Of one that no earlier snapshot held. Guarded by this. */
  private EndpointLoad newLoad(long now) {
    return new EndpointLoad(latencyCost(), new SlowStartProgress(present.isEmpty(), now));
  }

  private @Nullable LatencyCost latencyCost() {
    Duration tau = settings.tau();
    return tau == null ? null : new LatencyCost(tau, origin);
  }

  @Override
  public void beginEraIfDue(long now) {
    if (now - nextEra >= 0) {
      beginEra(now);
    }
  }

  private synchronized void beginEra(long now) {
    if (now - nextEra < 0) {
      return;
    }
    nextEra = now + Durations.nanos(ERA);
    for (TrackedEndpoint endpoint : present.values()) {
      int forgotten = endpoint.load().beginEra();
      if (forgotten > 0) {
        LOG.warn(
            "{} requests to {} were picked more than {} ago and have not ended: they count as active"
                + " no more. End every pick, in try-with-resources for instance",
            forgotten,
            endpoint,
            Durations.text(ERA));
      }
    }
  }

  @Override
  public void ended(
      TrackedEndpoint endpoint, RequestOutcome outcome, long start, @Nullable Affinity affinity) {
    endpoint.load().ended(outcome, RequestStart.era(start));
    if (reporter != null) {
      reportTo(reporter, endpoint, outcome);
    }
    if (RequestStart.isTimed(start)) {
      timed(endpoint, outcome, start, affinity);
    }
  }

  private void timed(
      TrackedEndpoint endpoint, RequestOutcome outcome, long start, @Nullable Affinity affinity) {
    long now = ticker.nanoTime();
    long elapsed = RequestStart.elapsed(start, now);
    endpoint.load().took(outcome, elapsed, now);
    if (detector != null) {
      detector.told(endpoint, outcome, now);
    }
    BalancerListener listening = listener;
    if (listening != null) {
      listening.requestEnded(endpoint, outcome, now - elapsed, now, affinity);
    }
  }

  @Override
  public boolean timesAll() {
    return detector != null || settings.tau() != null || listener != null;
  }

  /** Each failure, and the first success after one: what goes well costs one read. */
  private static void reportTo(
      CallReporter reporter, TrackedEndpoint endpoint, RequestOutcome outcome) {
    EndpointLoad load = endpoint.load();
    if (outcome == RequestOutcome.FAILURE) {
      reporter.report(endpoint.registered(), CallResult.FAILED);
      load.setUnderSuspicion(true);
    } else if (outcome == RequestOutcome.SUCCESS && load.isUnderSuspicion()) {
      load.setUnderSuspicion(false);
      reporter.report(endpoint.registered(), CallResult.ANSWERED);
    }
  }

  public void setListener(BalancerListener other) {
    listener = other;
  }

  /** Does nothing if another has replaced it. Not atomic: callers do not race with themselves. */
  @SuppressWarnings("ReferenceEquality")
  public void removeListener(BalancerListener one) {
    if (listener == one) {
      listener = null;
    }
  }

  /** A snapshot came into use. */
  public void shown(ServiceSnapshot snapshot) {
    BalancerListener listening = listener;
    if (listening != null) {
      listening.snapshotUsed(snapshot, ticker.nanoTime());
    }
  }
}
