package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Registered;
import io.holdfast.registry.ServiceInstance;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An instance as one snapshot described it, with what this process knows of it.
 *
 * <p>For callers to whom an object a request is too much, there is a way to tell outcomes without a
 * {@link Pick}: {@link #start} when the request goes out, then exactly one of {@link #succeeded},
 * {@link #failed}, {@link #abandoned} and {@link #outpaced}, with what start gave. Nothing checks
 * that; a request that is not ended counts as active for half an hour to an hour.
 */
public final class Endpoint {

  private final Registered registered;
  private final int weight;
  private final Load load;
  private final Fleet fleet;
  private final Optional<Endpoint> present;

  Endpoint(Registered registered, Load load, Fleet fleet) {
    this.registered = registered;
    this.weight = registered.instance().weight();
    this.load = load;
    this.fleet = fleet;
    this.present = Optional.of(this);
  }

  /** Whom to ask. */
  public ServiceInstance instance() {
    return registered.instance();
  }

  /** Which registration is meant; a callee can compare it with its own. */
  public Revision epoch() {
    return registered.epoch();
  }

  /** A request goes out to it now. */
  public Pick begin() {
    return Pick.of(this, null);
  }

  /**
   * A request goes out to it now, and counts as active.
   *
   * @return to be given back when it ends
   */
  public long start() {
    return start(load.began());
  }

  /**
   * Likewise.
   *
   * @param began what {@link Load#began} gave
   */
  long start(long began) {
    if (Load.isSampled(began)) {
      long now = fleet.nanoTime();
      fleet.beginEraIfDue(now);
      return Start.timed(now, Load.era(began));
    }
    return fleet.timesAll()
        ? Start.timed(fleet.nanoTime(), Load.era(began))
        : Start.untimed(Load.era(began));
  }

  /** The request that was started then was answered now. */
  public void succeeded(long start) {
    ended(Outcome.SUCCESS, start, null);
  }

  /** The request that was started then failed. */
  public void failed(long start) {
    ended(Outcome.FAILURE, start, null);
  }

  /** The request that was started then is over, and says nothing about the instance. */
  public void abandoned(long start) {
    ended(Outcome.ABANDONED, start, null);
  }

  /**
   * The request that was started then is over without an answer, for another instance that was
   * asked later has answered before: it is slow, and no more is known.
   */
  public void outpaced(long start) {
    if (Start.isTimed(start)) {
      long now = fleet.nanoTime();
      load.tookAtLeast(Start.elapsed(start, now), now);
    }
    abandoned(start);
  }

  void ended(Outcome outcome, long start, @Nullable Affinity affinity) {
    fleet.ended(this, outcome, start, affinity);
  }

  long nanoTime() {
    return fleet.nanoTime();
  }

  /** This, without an allocation. */
  Optional<Endpoint> present() {
    return present;
  }

  Registered registered() {
    return registered;
  }

  Load load() {
    return load;
  }

  String id() {
    return registered.id();
  }

  int weight() {
    return weight;
  }

  boolean isSameIncarnation(Endpoint other) {
    return id().equals(other.id()) && epoch().equals(other.epoch());
  }

  @Override
  public String toString() {
    return instance().service() + "/" + instance().id();
  }
}
