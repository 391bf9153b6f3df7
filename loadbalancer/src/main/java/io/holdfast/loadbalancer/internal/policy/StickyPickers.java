package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A key stays with the registration that it was first given to until that one may no longer be
 * chosen; then the inner policy gives it to another.
 *
 * <p>The keys with their endpoints are kept in a table of fixed size, in sets of {@link #WAYS}, as
 * a processor keeps its cache. When a set is full, a key in it, chosen by chance, is forgotten; the
 * table is so large that while there are no more keys than asked for, one set in thousands is. Two
 * threads that bring a new key together may be given two instances; later picks get one of these.
 */
public final class StickyPickers implements PickerFactory {

  private static final int WAYS = 8;
  private static final int MOST_KEYS = 1 << 24;

  /** Never changed, so it needs no care to be read. */
  private record Bond(long hash, EndpointLoad load) {}

  private final AtomicReferenceArray<@Nullable Bond> bonds;
  private final PickerFactory inner;
  private final RandomSource random;

  public StickyPickers(int keys, PickerFactory inner, RandomSource random) {
    this.bonds = new AtomicReferenceArray<>(sizeFor(keys));
    this.inner = inner;
    this.random = random;
  }

  /** Checks a number of keys that a user gave. */
  public static int checked(int keys) {
    if (keys < 1 || keys > MOST_KEYS) {
      throw new IllegalArgumentException("1 to " + MOST_KEYS + " keys can stick: " + keys);
    }
    return keys;
  }

  /** A power of two with room for four times the keys, since they do not fill all sets alike. */
  private static int sizeFor(int keys) {
    return Integer.highestOneBit(Math.max(WAYS, 4 * keys) * 2 - 1);
  }

  @Override
  public Picker picker(List<TrackedEndpoint> endpoints) {
    Map<EndpointLoad, TrackedEndpoint> present = new HashMap<>();
    endpoints.forEach(endpoint -> present.put(endpoint.load(), endpoint));
    return new StickyPicker(inner.picker(endpoints), present);
  }

  private int set(long hash) {
    return (int) XxHash64.mix(hash) & (bonds.length() - 1) & -WAYS;
  }

  private @Nullable EndpointLoad find(long hash) {
    int set = set(hash);
    for (int way = 0; way < WAYS; way++) {
      Bond bond = bonds.get(set + way);
      if (bond != null && bond.hash() == hash) {
        return bond.load();
      }
    }
    return null;
  }

  private void put(long hash, EndpointLoad load) {
    int set = set(hash);
    int place = set + random.below(WAYS);
    for (int way = WAYS - 1; way >= 0; way--) {
      Bond bond = bonds.get(set + way);
      if (bond == null) {
        place = set + way;
      } else if (bond.hash() == hash) {
        place = set + way;
        break;
      }
    }
    bonds.set(place, new Bond(hash, load));
  }

  private final class StickyPicker implements Picker {

    private final Picker fresh;
    private final Map<EndpointLoad, TrackedEndpoint> present;

    StickyPicker(Picker fresh, Map<EndpointLoad, TrackedEndpoint> present) {
      this.fresh = fresh;
      this.present = present;
    }

    @Override
    public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
      if (affinity == null) {
        return fresh.pick(null, exclude);
      }
      EndpointLoad bound = find(affinity.hash());
      TrackedEndpoint there = bound == null ? null : present.get(bound);
      if (there != null) {
        // Passed over for this once, the bond holds.
        return Choice.allowed(there, exclude) ? there : fresh.pick(affinity, exclude);
      }
      TrackedEndpoint chosen = fresh.pick(affinity, exclude);
      if (chosen != null) {
        put(affinity.hash(), chosen.load());
      }
      return chosen;
    }

    @Override
    public void describe(@Nullable Affinity affinity, PickerScores scores) {
      EndpointLoad bound = affinity == null ? null : find(affinity.hash());
      TrackedEndpoint there = bound == null ? null : present.get(bound);
      PickerScores others = new PickerScores();
      fresh.describe(affinity, others);
      scores.addAll(others, there == null ? "key is free" : "key sticks elsewhere");
      if (there != null) {
        scores.add(there, 1, "key sticks here");
      }
    }
  }
}
