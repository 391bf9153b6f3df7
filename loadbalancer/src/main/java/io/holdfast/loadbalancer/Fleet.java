package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Evidence;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registered;
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
 * All instances of the service, shared by a balancer and its subsets: what is known of an instance
 * is one, whichever of them picked it.
 */
final class Fleet {

  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

  /** Longer than nearly all requests last. */
  static final Duration ERA = Duration.ofMinutes(30);

  private record Incarnation(String id, long epoch) {
    static Incarnation of(Registered registered) {
      return new Incarnation(registered.id(), registered.epoch().value());
    }
  }

  private final Ticker ticker;
  private final PolicySettings settings;
  private final long origin;
  private final @Nullable OutlierDetector detector;
  private final @Nullable Witness witness;

  /** Who is in the latest snapshot. Guarded by this. */
  private Map<Incarnation, Endpoint> present = Map.of();

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

  Fleet(PolicySettings settings, Ticker ticker, @Nullable Witness witness) {
    this.settings = settings;
    this.ticker = ticker;
    this.witness = witness;
    this.origin = ticker.nanoTime();
    this.nextEra = origin + Durations.nanos(ERA);
    OutlierDetection rules = settings.outlierDetection();
    this.detector = rules == null ? null : new OutlierDetector(rules, origin, this::bump);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // under the detector's lock
  private void bump() {
    version++;
  }

  /** The same as long as nobody was ejected or let back in. */
  int version() {
    return version;
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  /**
   * The endpoints of {@code snapshot}, by id. Instances that an earlier snapshot held already keep
   * what is known of them; those that a later one no longer holds are forgotten, but for an
   * ejection that is not over.
   */
  synchronized List<Endpoint> endpoints(ServiceSnapshot snapshot) {
    long now = ticker.nanoTime();
    Map<Incarnation, Endpoint> next = new HashMap<>();
    List<Endpoint> endpoints = new ArrayList<>();
    List<Endpoint> come = new ArrayList<>();
    for (Registered registered : snapshot.instances()) {
      Incarnation incarnation = Incarnation.of(registered);
      Endpoint before = present.get(incarnation);
      Endpoint endpoint =
          new Endpoint(registered, before == null ? newLoad(now) : before.load(), this);
      if (before == null) {
        come.add(endpoint);
      }
      next.put(incarnation, endpoint);
      endpoints.add(endpoint);
    }
    if (isNews(snapshot)) {
      List<Endpoint> gone = goneFrom(next);
      if (detector != null) {
        detector.watch(endpoints.stream().filter(Fleet::takesRequests).toList(), gone, come, now);
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
  private List<Endpoint> goneFrom(Map<Incarnation, Endpoint> next) {
    return present.entrySet().stream()
        .filter(entry -> !next.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Guarded by this. */
  private void keepCount(Load load) {
    pastSuccesses += load.successes();
    pastFailures += load.failures();
    pastAbandoned += load.abandoned();
  }

  /** Somebody wanted an instance, and there was none to choose. */
  void noneChosen() {
    none.increment();
  }

  synchronized BalancerStatistics statistics() {
    List<Load> loads = present.values().stream().map(Endpoint::load).toList();
    return new BalancerStatistics(
        pastSuccesses + loads.stream().mapToLong(Load::successes).sum(),
        pastFailures + loads.stream().mapToLong(Load::failures).sum(),
        pastAbandoned + loads.stream().mapToLong(Load::abandoned).sum(),
        none.sum(),
        loads.stream().mapToLong(Load::active).sum(),
        detector == null ? 0 : detector.ejections(),
        (int) loads.stream().filter(load -> load.health().isEjected()).count());
  }

  /** Of one that no earlier snapshot held. Guarded by this. */
  private Load newLoad(long now) {
    return new Load(latencyCost(), new Warmth(present.isEmpty(), now));
  }

  private @Nullable LatencyCost latencyCost() {
    Duration tau = settings.tau();
    return tau == null ? null : new LatencyCost(tau, origin);
  }

  /** By its own account. */
  static boolean takesRequests(Endpoint endpoint) {
    return endpoint.instance().status() == InstanceStatus.UP && endpoint.weight() > 0;
  }

  /**
   * A request that has not ended after a whole era counts as active no more: it was forgotten, or
   * lasts so long that it says nothing about the next one.
   */
  void beginEraIfDue(long now) {
    if (now - nextEra >= 0) {
      beginEra(now);
    }
  }

  private synchronized void beginEra(long now) {
    if (now - nextEra < 0) {
      return;
    }
    nextEra = now + Durations.nanos(ERA);
    for (Endpoint endpoint : present.values()) {
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

  void ended(Endpoint endpoint, Outcome outcome, long start, @Nullable Affinity affinity) {
    endpoint.load().ended(outcome, Start.era(start));
    if (witness != null) {
      testify(witness, endpoint, outcome);
    }
    if (Start.isTimed(start)) {
      timed(endpoint, outcome, start, affinity);
    }
  }

  private void timed(Endpoint endpoint, Outcome outcome, long start, @Nullable Affinity affinity) {
    long now = ticker.nanoTime();
    long elapsed = Start.elapsed(start, now);
    endpoint.load().took(outcome, elapsed, now);
    if (detector != null) {
      detector.told(endpoint, outcome, now);
    }
    BalancerListener listening = listener;
    if (listening != null) {
      listening.requestEnded(endpoint, outcome, now - elapsed, now, affinity);
    }
  }

  /**
   * Whether somebody needs the time of every request. Two looks at the clock cost more than all
   * else that a pick and its outcome do together.
   */
  boolean timesAll() {
    return detector != null || settings.tau() != null || listener != null;
  }

  /** Each failure, and the first success after one: what goes well costs one read. */
  private static void testify(Witness witness, Endpoint endpoint, Outcome outcome) {
    Load load = endpoint.load();
    if (outcome == Outcome.FAILURE) {
      witness.report(endpoint.registered(), Evidence.FAILED);
      load.setUnderSuspicion(true);
    } else if (outcome == Outcome.SUCCESS && load.isUnderSuspicion()) {
      load.setUnderSuspicion(false);
      witness.report(endpoint.registered(), Evidence.ANSWERED);
    }
  }

  void setListener(BalancerListener other) {
    listener = other;
  }

  /** Does nothing if another has replaced it. Not atomic: callers do not race with themselves. */
  @SuppressWarnings("ReferenceEquality")
  void removeListener(BalancerListener one) {
    if (listener == one) {
      listener = null;
    }
  }

  /** A snapshot came into use. */
  void shown(ServiceSnapshot snapshot) {
    BalancerListener listening = listener;
    if (listening != null) {
      listening.snapshotUsed(snapshot, ticker.nanoTime());
    }
  }
}
