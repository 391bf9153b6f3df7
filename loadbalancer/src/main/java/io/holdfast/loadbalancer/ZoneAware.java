package io.holdfast.loadbalancer;

/**
 * How much stays in the caller's zone, and where the rest goes. A zone with c of all callers and i
 * of all instances that may be chosen, by weight, keeps {@code min(1, overprovisioning * i / c)} of
 * its callers' requests. The rest spills over to the other zones in proportion to the room that
 * they have left: {@code overprovisioning * i} of all requests, less what their own callers send
 * them.
 *
 * <p>So requests stay while the zone's instances, with some to spare, can take them, and no zone
 * gets more than {@code overprovisioning} times its part of all requests, however few its instances
 * are, as long as the callers are spread as is assumed here. (All zones together have room enough:
 * {@code overprovisioning - kept}, where {@code 1 - kept} spills over.)
 *
 * @param zone the caller's own
 * @param callerShare the part of all callers that are in this zone, above 0 and up to 1, the others
 *     being spread evenly; {@link #EVEN} takes all to be spread evenly over the zones that have
 *     instances
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
}
