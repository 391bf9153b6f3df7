package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import java.util.Collection;
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
    entries = OrderedEntries.of(entries);
  }

  /**
   * The next one of the same directory. For watches of large directories: what stays costs nothing,
   * where a snapshot that is made of all entries looks at each.
   *
   * @param later its revision
   * @param gone entries of this one that are no longer there as they are here
   * @param put entries that are there and not here
   */
  public Snapshot next(Revision later, Collection<Entry> gone, Collection<Entry> put) {
    return new Snapshot(directory, later, OrderedEntries.changed(entries, gone, put));
  }
}
