package io.holdfast.registry.internal.view;

import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * What has changed from one snapshot of a directory to another. Found by one walk along both, which
 * have the same order; entries that a watch hands on as they were cost no more than a glance.
 *
 * @param gone entries that are no longer there as they were: the key has gone, or was put again
 * @param put entries that are there and were not
 */
record EntryChanges(List<Entry> gone, List<Entry> put) {

  @SuppressWarnings("ReferenceEquality") // spares the comparison of those that have stayed as is
  static EntryChanges between(List<Entry> before, List<Entry> after) {
    List<Entry> gone = new ArrayList<>();
    List<Entry> put = new ArrayList<>();
    int old = 0;
    int young = 0;
    while (old < before.size() || young < after.size()) {
      if (young == after.size()) {
        gone.add(before.get(old++));
        continue;
      }
      if (old == before.size()) {
        put.add(after.get(young++));
        continue;
      }
      Entry was = before.get(old);
      Entry is = after.get(young);
      int order = was == is ? 0 : Snapshot.OLDEST_FIRST.compare(was, is);
      if (order == 0 && !was.equals(is)) {
        gone.add(was);
        put.add(is);
      } else if (order < 0) {
        gone.add(was);
      } else if (order > 0) {
        put.add(is);
      }
      old += order <= 0 ? 1 : 0;
      young += order >= 0 ? 1 : 0;
    }
    return new EntryChanges(gone, put);
  }
}
