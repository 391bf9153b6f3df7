package io.holdfast.etcd.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.read.PlaceName;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which names of places one session has in use, queue by queue. The lowest free one is given out
 * next, so that there are never more of them than places were held at once. In the context.
 *
 * <p>A slot is free again only once it is certain that nothing stands under its name and that
 * nothing which is still on its way will: after a join that is known to have come to nothing, or
 * after a leave that was answered.
 */
final class Slots {

  private final Map<Key, BitSet> used = new HashMap<>();
  private final Set<Key> places = new HashSet<>();

  /** A slot of this queue that nothing else has. */
  int take(Key queue) {
    BitSet slots = used.computeIfAbsent(queue, unused -> new BitSet());
    int slot = slots.nextClearBit(0);
    slots.set(slot);
    return slot;
  }

  /** The slot was used: a place stands there, until it is {@link #left}. */
  void joined(Key place) {
    places.add(place);
  }

  /** Nothing stands in the slot of a place that was wished for. */
  void notJoined(Key queue, int slot) {
    used.computeIfPresent(
        queue,
        (key, slots) -> {
          slots.clear(slot);
          return slots.isEmpty() ? null : slots;
        });
  }

  /** The place is gone. Told again, or of somebody else's place, it changes nothing. */
  void left(Key place) {
    if (places.remove(place)) {
      notJoined(place.parent(), PlaceName.slot(place.name()));
    }
  }
}
