package io.holdfast.loadbalancer.internal.endpoint;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An instance of one snapshot with its {@link EndpointLoad}. */
public final class TrackedEndpoint implements Endpoint {

  private final RegisteredInstance registered;
  private final int weight;
  private final EndpointLoad load;
  private final RequestTracker tracker;
  private final Optional<Endpoint> present;

  public TrackedEndpoint(RegisteredInstance registered, EndpointLoad load, RequestTracker tracker) {
    this.registered = registered;
    this.weight = registered.instance().weight();
    this.load = load;
    this.tracker = tracker;
    this.present = Optional.of(this);
  }

  @Override
  public ServiceInstance instance() {
    return registered.instance();
  }

  @Override
  public Revision epoch() {
    return registered.epoch();
  }

  @Override
  public long start() {
    return start(load.began());
  }

  /**
   * The same for a request that was counted already.
   *
   * @param began what {@link EndpointLoad#began} gave
   */
  public long start(long began) {
    if (EndpointLoad.isSampled(began)) {
      long now = tracker.nanoTime();
      tracker.beginEraIfDue(now);
      return RequestStart.timed(now, EndpointLoad.era(began));
    }
    return tracker.timesAll()
        ? RequestStart.timed(tracker.nanoTime(), EndpointLoad.era(began))
        : RequestStart.untimed(EndpointLoad.era(began));
  }

  @Override
  public void succeeded(long start) {
    ended(RequestOutcome.SUCCESS, start, null);
  }

  @Override
  public void failed(long start) {
    ended(RequestOutcome.FAILURE, start, null);
  }

  @Override
  public void abandoned(long start) {
    ended(RequestOutcome.ABANDONED, start, null);
  }

  @Override
  public void outpaced(long start) {
    if (RequestStart.isTimed(start)) {
      long now = tracker.nanoTime();
      load.tookAtLeast(RequestStart.elapsed(start, now), now);
    }
    abandoned(start);
  }

  public void ended(RequestOutcome outcome, long start, @Nullable Affinity affinity) {
    tracker.ended(this, outcome, start, affinity);
  }

  public long nanoTime() {
    return tracker.nanoTime();
  }

  /** This, without an allocation. */
  public Optional<Endpoint> present() {
    return present;
  }

  public RegisteredInstance registered() {
    return registered;
  }

  public EndpointLoad load() {
    return load;
  }

  public String id() {
    return registered.id();
  }

  public int weight() {
    return weight;
  }

  /** By its own account: UP, and with a weight. */
  public boolean takesRequests() {
    return instance().status() == InstanceStatus.UP && weight > 0;
  }

  public boolean isSameIncarnation(TrackedEndpoint other) {
    return id().equals(other.id()) && epoch().equals(other.epoch());
  }

  @Override
  public String toString() {
    return instance().service() + "/" + instance().id();
  }
}
