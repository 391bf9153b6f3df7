package io.holdfast.coordination;

import java.util.Comparator;
import java.util.List;

/**
 * The keys directly below a directory, oldest first.
 *
 * <p>From one watch, snapshots never go backwards: {@code revision} only grows, and every entry is
 * at least as new as in the snapshot before. On ZooKeeper a snapshot is assembled from several
 * reads: while changes go on it may hold one entry that is newer than another that it does not hold
 * yet; a later snapshot then follows.
 *
 * @param directory whose children these are
 * @param revision the latest change that is known to be in here
 * @param entries by {@code created}, then by key
 */
public record Snapshot(Key directory, Revision revision, List<Entry> entries) {

  /** The order of {@link #entries}. */
  public static final Comparator<Entry> OLDEST_FIRST =
      Comparator.comparing(Entry::created).thenComparing(Entry::key);

  public Snapshot {
    entries = isInOrder(entries) ? List.copyOf(entries) : sorted(entries);
  }

  /** A watch that keeps its entries in order makes a snapshot for every change, often of many. */
  private static boolean isInOrder(List<Entry> entries) {
    Entry before = null;
    for (Entry entry : entries) {
      if (before != null && OLDEST_FIRST.compare(before, entry) > 0) {
        return false;
      }
      before = entry;
    }
    return true;
  }

  private static List<Entry> sorted(List<Entry> entries) {
    return entries.stream().sorted(OLDEST_FIRST).toList();
  }
}
