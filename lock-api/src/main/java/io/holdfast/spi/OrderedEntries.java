package io.holdfast.spi;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.RandomAccess;

/** Entries that are known to be in a snapshot's order, so that nobody has to look. Immutable. */
final class OrderedEntries extends AbstractList<Entry> implements RandomAccess {

  private final Entry[] entries;

  private OrderedEntries(Collection<Entry> inOrder) {
    this.entries = inOrder.toArray(Entry[]::new);
  }

  static OrderedEntries of(List<Entry> entries) {
    if (entries instanceof OrderedEntries there) {
      return there;
    }
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Snapshot.OLDEST_FIRST);
    return new OrderedEntries(sorted);
  }

  /** {@code before} without those that are gone, and with those that are put. */
  static OrderedEntries changed(List<Entry> before, Collection<Entry> gone, Collection<Entry> put) {
    List<Entry> now = new ArrayList<>(of(before));
    for (Entry entry : gone) {
      int at = Collections.binarySearch(now, entry, Snapshot.OLDEST_FIRST);
      if (at >= 0) {
        now.remove(at);
      }
    }
    for (Entry entry : put) {
      int at = Collections.binarySearch(now, entry, Snapshot.OLDEST_FIRST);
      if (at >= 0) {
        now.set(at, entry);
      } else {
        now.add(-at - 1, entry);
      }
    }
    return new OrderedEntries(now);
  }

  @Override
  public Entry get(int index) {
    return entries[index];
  }

  @Override
  public int size() {
    return entries.length;
  }

  @Override
  public Object[] toArray() {
    return entries.clone();
  }
}
