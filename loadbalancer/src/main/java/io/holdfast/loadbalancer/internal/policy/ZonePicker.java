package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.ZoneAware;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A picker for each zone, and each zone for its share of the requests. */
public final class ZonePicker implements Picker {

  private static final int WHOLE = 1 << 30;

  private final Picker[] zones;

  /** Where each zone's share ends, the first one beginning at 0 and the last one ending at 1. */
  private final int[] ends;

  private final String[] names;
  private final RandomSource random;

  private ZonePicker(String[] names, Picker[] zones, int[] ends, RandomSource random) {
    this.names = names;
    this.zones = zones;
    this.ends = ends;
    this.random = random;
  }

  public static Picker over(
      List<TrackedEndpoint> endpoints, ZoneAware rules, PickerFactory inner, RandomSource random) {
    Map<String, List<TrackedEndpoint>> byZone =
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
    return new ZonePicker(names, zones, ends, random);
  }

  private static long weight(List<TrackedEndpoint> endpoints) {
    return endpoints.stream().mapToLong(TrackedEndpoint::weight).sum();
  }

  /** Requests of one affinity go to one zone. */
  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (zones.length == 0) {
      return null;
    }
    int zone = ends[0] == WHOLE ? 0 : zone(affinity);
    TrackedEndpoint chosen = zones[zone].pick(affinity, exclude);
    return chosen != null || exclude.isEmpty() ? chosen : elsewhere(zone, affinity, exclude);
  }

  private int zone(@Nullable Affinity affinity) {
    int place =
        RandomSource.high(affinity == null ? random.bits() : XxHash64.mix(affinity.hash()), WHOLE);
    int zone = 0;
    while (place >= ends[zone]) {
      zone++;
    }
    return zone;
  }

  /** Where all of a zone are excluded, any other does. */
  private @Nullable TrackedEndpoint elsewhere(
      int excluded, @Nullable Affinity affinity, Set<String> exclude) {
    int start = random.below(zones.length);
    for (int step = 0; step < zones.length; step++) {
      int zone = (start + step) % zones.length;
      TrackedEndpoint chosen = zone == excluded ? null : zones[zone].pick(affinity, exclude);
      if (chosen != null) {
        return chosen;
      }
    }
    return null;
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    int begin = 0;
    for (int i = 0; i < zones.length; i++) {
      PickerScores inner = new PickerScores();
      zones[i].describe(affinity, inner);
      scores.addAll(
          inner,
          String.format(
              Locale.ROOT, "zone '%s', %.0f %%", names[i], 100.0 * (ends[i] - begin) / WHOLE));
      begin = ends[i];
    }
  }
}
