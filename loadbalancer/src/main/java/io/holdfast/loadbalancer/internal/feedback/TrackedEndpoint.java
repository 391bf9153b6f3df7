package io.holdfast.loadbalancer.internal.feedback;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An instance of one snapshot with its {@link EndpointLoad}. */
public final class TrackedEndpoint implements Endpoint {

  private final RegisteredInstance registered;
  private final int weight;
  private final EndpointLoad load;
  private final EndpointSet endpointSet;
  private final Optional<Endpoint> present;

  public TrackedEndpoint(
      RegisteredInstance registered, EndpointLoad load, EndpointSet endpointSet) {
    this.registered = registered;
    this.weight = registered.instance().weight();
    this.load = load;
    this.endpointSet = endpointSet;
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
      long now = endpointSet.nanoTime();
      endpointSet.beginEraIfDue(now);
      return RequestStart.timed(now, EndpointLoad.era(began));
    }
    return endpointSet.timesAll()
        ? RequestStart.timed(endpointSet.nanoTime(), EndpointLoad.era(began))
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
      long now = endpointSet.nanoTime();
      load.tookAtLeast(RequestStart.elapsed(start, now), now);
    }
    abandoned(start);
  }

  public void ended(RequestOutcome outcome, long start, @Nullable Affinity affinity) {
    endpointSet.ended(this, outcome, start, affinity);
  }

  public long nanoTime() {
    return endpointSet.nanoTime();
  }

  /** This, without an allocation. */
  public Optional<Endpoint> present() {
    return present;
  }

  RegisteredInstance registered() {
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

  public boolean isSameIncarnation(TrackedEndpoint other) {
    return id().equals(other.id()) && epoch().equals(other.epoch());
  }

  @Override
  public String toString() {
    return instance().service() + "/" + instance().id();
  }
}
