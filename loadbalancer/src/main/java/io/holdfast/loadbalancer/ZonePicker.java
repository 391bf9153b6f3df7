package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A picker for each zone, and each zone for its share of the requests. */
final class ZonePicker implements Picker {

  private static final int WHOLE = 1 << 30;

  private final Picker[] zones;

  /** Where each zone's share ends, the first one beginning at 0 and the last one ending at 1. */
  private final int[] ends;

  private final String[] names;
  private final Dice dice;

  private ZonePicker(String[] names, Picker[] zones, int[] ends, Dice dice) {
    this.names = names;
    this.zones = zones;
    this.ends = ends;
    this.dice = dice;
  }

  static Picker over(List<Endpoint> endpoints, ZoneAware rules, Scheme inner, Dice dice) {
    Map<String, List<Endpoint>> byZone =
        endpoints.stream()
            .collect(
                Collectors.groupingBy(
                    endpoint -> endpoint.instance().zone(), TreeMap::new, Collectors.toList()));
    Map<String, Long> weights = new TreeMap<>();
    byZone.forEach((zone, there) -> weights.put(zone, weight(there)));
    Map<String, Double> shares = ZoneShares.shares(rules, weights);
    String[] names = shares.keySet().toArray(String[]::new);
    Picker[] zones = new Picker[names.length];
    int[] ends = new int[names.length];
    double end = 0;
    for (int i = 0; i < names.length; i++) {
      zones[i] = inner.picker(byZone.getOrDefault(names[i], List.of()));
      end += shares.getOrDefault(names[i], 0.0);
      ends[i] = i == names.length - 1 ? WHOLE : (int) Math.min(WHOLE, Math.round(end * WHOLE));
    }
    return new ZonePicker(names, zones, ends, dice);
  }

  private static long weight(List<Endpoint> endpoints) {
    return endpoints.stream().mapToLong(Endpoint::weight).sum();
  }

  /** Requests of one affinity go to one zone. */
  @Override
  public @Nullable Endpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (zones.length == 0) {
      return null;
    }
    int zone = ends[0] == WHOLE ? 0 : zone(affinity);
    Endpoint chosen = zones[zone].pick(affinity, exclude);
    return chosen != null || exclude.isEmpty() ? chosen : elsewhere(zone, affinity, exclude);
  }

  private int zone(@Nullable Affinity affinity) {
    int place = Dice.high(affinity == null ? dice.bits() : XxHash64.mix(affinity.hash()), WHOLE);
    int zone = 0;
    while (place >= ends[zone]) {
      zone++;
    }
    return zone;
  }

  /** Where all of a zone are excluded, any other does. */
  private @Nullable Endpoint elsewhere(
      int excluded, @Nullable Affinity affinity, Set<String> exclude) {
    int start = dice.below(zones.length);
    for (int step = 0; step < zones.length; step++) {
      int zone = (start + step) % zones.length;
      Endpoint chosen = zone == excluded ? null : zones[zone].pick(affinity, exclude);
      if (chosen != null) {
        return chosen;
      }
    }
    return null;
  }

  @Override
  public void describe(@Nullable Affinity affinity, Notes notes) {
    int begin = 0;
    for (int i = 0; i < zones.length; i++) {
      Notes inner = new Notes();
      zones[i].describe(affinity, inner);
      notes.addAll(
          inner,
          String.format(
              Locale.ROOT, "zone '%s', %.0f %%", names[i], 100.0 * (ends[i] - begin) / WHOLE));
      begin = ends[i];
    }
  }
}
