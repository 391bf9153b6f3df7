package io.holdfast.loadbalancer.recording;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.BalancerListener;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest outcomes and snapshots of a balancer, in memory, within bounds. While it is
 * open, the end of each request takes a lock for a moment; picks are as fast as ever.
 */
public final class BalancerRecorder implements AutoCloseable {

  /** Of more snapshots than this, the oldest are dropped. */
  private static final int MOST_SNAPSHOTS = 1_000;

  private static final long NANOS_PER_MICRO = 1_000;

  private final LoadBalancer balancer;
  private final int room;
  private final Listener listener = new Listener();

  /** Guarded by this. */
  private final Deque<Recording.Request> requests = new ArrayDeque<>();

  /** Guarded by this. */
  private final Deque<Recording.Shown> snapshots = new ArrayDeque<>();

  /** Guarded by this. */
  private @Nullable ServiceSnapshot latest;

  /** When it was started. Guarded by this. */
  private long origin;

  /** Guarded by this. */
  private long dropped;

  private BalancerRecorder(LoadBalancer balancer, int room) {
    if (room < 1) {
      throw new IllegalArgumentException("room for one outcome at least: " + room);
    }
    this.balancer = balancer;
    this.room = room;
  }

  /**
   * Records from now on, until it is closed: the snapshots in use and the outcomes of all requests,
   * those of balancers made by {@link LoadBalancer#where} too. It is the balancer's listener: a
   * second one takes over from the first.
   *
   * @param outcomes how many of the latest are kept, at least 1
   */
  public static BalancerRecorder start(LoadBalancer balancer, int outcomes) {
    BalancerRecorder recorder = new BalancerRecorder(balancer, outcomes);
    balancer.setListener(recorder.listener);
    return recorder;
  }

  /** What there is by now. */
  public synchronized Recording recording() {
    List<Recording.Request> sorted =
        requests.stream().sorted(Comparator.comparingLong(Recording.Request::micros)).toList();
    String service = latest == null ? "" : latest.service();
    return new Recording(service, dropped, List.copyOf(snapshots), sorted);
  }

  /** Records no more. What was recorded stays. */
  @Override
  public void close() {
    balancer.removeListener(listener);
  }

  @SuppressWarnings("ReferenceEquality") // what the balancer goes by
  private synchronized void snapshot(ServiceSnapshot snapshot, long now) {
    if (snapshot == latest) {
      return;
    }
    if (latest == null) {
      origin = now;
    }
    latest = snapshot;
    List<Recording.Seen> instances =
        snapshot.instances().stream().map(BalancerRecorder::seen).toList();
    snapshots.add(new Recording.Shown(micros(now), instances));
    if (snapshots.size() > MOST_SNAPSHOTS) {
      snapshots.remove();
    }
  }

  private synchronized void outcome(
      Endpoint endpoint,
      RequestOutcome outcome,
      long start,
      long now,
      @Nullable Affinity affinity) {
    if (start - origin < 0) {
      return; // It began before the recording did.
    }
    requests.add(
        new Recording.Request(
            micros(start),
            endpoint.instance().id(),
            outcome,
            (now - start) / NANOS_PER_MICRO,
            affinity == null ? OptionalLong.empty() : OptionalLong.of(affinity.hash())));
    if (requests.size() > room) {
      requests.remove();
      dropped++;
    }
  }

  private static Recording.Seen seen(RegisteredInstance one) {
    ServiceInstance instance = one.instance();
    return Recording.Seen.of(
        instance.service(),
        instance.id(),
        one.epoch().value(),
        instance.status(),
        instance.weight(),
        instance.zone());
  }

  /** Guarded by this. */
  private long micros(long now) {
    return (now - origin) / NANOS_PER_MICRO;
  }

  private final class Listener implements BalancerListener {
    @Override
    public void snapshotUsed(ServiceSnapshot snapshot, long now) {
      snapshot(snapshot, now);
    }

    @Override
    public void requestEnded(
        Endpoint endpoint,
        RequestOutcome outcome,
        long started,
        long now,
        @Nullable Affinity affinity) {
      outcome(endpoint, outcome, started, now, affinity);
    }
  }
}
