package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.ZoneAware;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Computes what {@link ZoneAware} describes: the share of the requests that each zone gets. */
public final class ZoneShares {

  private ZoneShares() {}

  /**
   * The part of this caller's requests that each zone gets.
   *
   * @param weights of all zones that have instances, each positive
   * @return in the order of the names, but the own zone first; together 1
   */
  public static Map<String, Double> shares(ZoneAware rules, Map<String, Long> weights) {
    String zone = rules.zone();
    double all = weights.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Double> room = new TreeMap<>();
    weights.forEach(
        (other, weight) -> {
          double most = rules.overprovisioning() * weight / all;
          room.put(other, most - Math.min(most, callers(rules, other, weights)));
        });
    Map<String, Double> shares = new LinkedHashMap<>();
    double left = 1;
    Long own = weights.get(zone);
    if (own != null) {
      double most = rules.overprovisioning() * own / all;
      double stays = weights.size() == 1 ? 1 : Math.min(1, most / callers(rules, zone, weights));
      shares.put(zone, stays);
      left -= stays;
      room.remove(zone);
    }
    double rooms = room.values().stream().mapToDouble(Double::doubleValue).sum();
    for (Map.Entry<String, Double> other : room.entrySet()) {
      double part = rooms > 0 ? other.getValue() / rooms : 1.0 / room.size();
      shares.put(other.getKey(), left * part);
    }
    return shares;
  }

  /** The part of all callers that are in {@code other}. */
  private static double callers(ZoneAware rules, String other, Map<String, Long> weights) {
    if (rules.callerShare() == ZoneAware.EVEN) {
      return 1.0 / weights.size();
    }
    if (other.equals(rules.zone())) {
      return rules.callerShare();
    }
    int others = weights.size() - (weights.containsKey(rules.zone()) ? 1 : 0);
    return (1 - rules.callerShare()) / others;
  }
}
