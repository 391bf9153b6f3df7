package io.holdfast.loadbalancer;

import java.util.List;

/**
 * How much stays in the caller's zone. A zone with c of all callers and i of all instances that may
 * be chosen, by weight, keeps {@code min(1, overprovisioning * i / c)} of its callers' requests.
 * The rest spills over to all other zones, by weight. So requests stay while the zone's instances,
 * with some to spare, can take them, and no zone is flooded because its instances are few or
 * failing.
 *
 * @param zone the caller's own
 * @param callerShare the part of all callers that are in this zone, above 0 and up to 1; {@link
 *     #EVEN} takes them to be spread evenly over the zones that have instances
 * @param overprovisioning how much more than its part a zone can take, 1 or more
 */
public record ZoneAware(String zone, double callerShare, double overprovisioning) {

  /** Callers are spread evenly over the zones. */
  public static final double EVEN = 0;

  public ZoneAware {
    if (!(callerShare >= 0 && callerShare <= 1)) {
      throw new IllegalArgumentException("a share of callers is 0 to 1: " + callerShare);
    }
    if (!(overprovisioning >= 1)) {
      throw new IllegalArgumentException("overprovisioning is 1 or more: " + overprovisioning);
    }
  }

  /** Callers are spread evenly; zones can take 1.4 times their part. */
  public static ZoneAware of(String zone) {
    return new ZoneAware(zone, EVEN, 1.4);
  }

  /** With a known share of the callers. */
  public ZoneAware withCallerShare(double other) {
    return new ZoneAware(zone, other, overprovisioning);
  }

  /** With more or less to spare. */
  public ZoneAware withOverprovisioning(double other) {
    return new ZoneAware(zone, callerShare, other);
  }

  boolean isLocal(Endpoint endpoint) {
    return endpoint.instance().zone().equals(zone);
  }

  /** The part of the requests that stays, 0 to 1. */
  double localShare(List<Endpoint> endpoints) {
    long local = 0;
    long all = 0;
    for (Endpoint endpoint : endpoints) {
      all += endpoint.weight();
      local += isLocal(endpoint) ? endpoint.weight() : 0;
    }
    if (local == 0) {
      return 0;
    }
    long zones = endpoints.stream().map(endpoint -> endpoint.instance().zone()).distinct().count();
    double callers = callerShare == EVEN ? 1.0 / zones : callerShare;
    return local == all ? 1 : Math.min(1, overprovisioning * local / all / callers);
  }
}
