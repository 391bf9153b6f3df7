package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the request's affinity; of a random one, if it has none. If the owner is excluded or
 * over its bound, the owner of the next slot, and so on: with a ring, that is who would own the key
 * if the owner were not there.
 */
public final class HashPicker implements Picker {

  /** With half of the endpoints out of question, the chance to look farther is 2 to the -256. */
  private static final int FARTHEST = 256;

  private final TrackedEndpoint[] endpoints;
  private final @Nullable Keyspace keyspace;
  private final @Nullable LoadBound bound;
  private final RandomSource random;

  private HashPicker(
      TrackedEndpoint[] endpoints,
      @Nullable Keyspace keyspace,
      @Nullable LoadBound bound,
      RandomSource random) {
    this.endpoints = endpoints;
    this.keyspace = keyspace;
    this.bound = bound;
    this.random = random;
  }

  /**
   * Over these endpoints.
   *
   * @param loadFactor how far above its share of the load an endpoint may be; 0 for any
   */
  public static HashPicker over(
      List<TrackedEndpoint> endpoints,
      Keyspace.Layout layout,
      double loadFactor,
      RandomSource random) {
    TrackedEndpoint[] array = Choice.array(endpoints);
    return new HashPicker(
        array,
        array.length == 0 ? null : layout.of(array),
        loadFactor == 0 ? null : new LoadBound(array, loadFactor, random),
        random);
  }

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (keyspace == null) {
      return null;
    }
    int slot = keyspace.slot(affinity == null ? random.bits() : affinity.hash());
    int owner = keyspace.owner(slot);
    if (bound == null && exclude.isEmpty()) {
      return endpoints[owner];
    }
    return fits(owner, exclude) ? endpoints[owner] : farther(keyspace, slot, exclude);
  }

  private boolean fits(int index, Set<String> exclude) {
    return Choice.allowed(endpoints[index], exclude) && (bound == null || bound.hasRoom(index));
  }

  private @Nullable TrackedEndpoint farther(Keyspace space, int from, Set<String> exclude) {
    int slot = from;
    for (int step = 0; step < FARTHEST; step++) {
      slot = slot + 1 == space.slots() ? 0 : slot + 1;
      int owner = space.owner(slot);
      if (fits(owner, exclude)) {
        return endpoints[owner];
      }
    }
    return Choice.probe(endpoints, space.owner(slot), exclude);
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    if (keyspace == null) {
      return;
    }
    int[] slots = new int[endpoints.length];
    for (int slot = 0; slot < keyspace.slots(); slot++) {
      slots[keyspace.owner(slot)]++;
    }
    int owner = affinity == null ? -1 : keyspace.owner(keyspace.slot(affinity.hash()));
    for (int i = 0; i < endpoints.length; i++) {
      scores.add(
          endpoints[i],
          (double) slots[i] / keyspace.slots(),
          (i == owner ? "owns the key; " : "")
              + (bound != null && !bound.hasRoom(i) ? "over its bound; " : "")
              + "share of the slots");
    }
  }
}
