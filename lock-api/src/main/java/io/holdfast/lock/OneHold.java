package io.holdfast.lock;

import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.lock.LockMode.Kind;
import java.util.List;

/**
 * Which places in a queue are those of one hold, or of one wish for it: those taken with one join
 * (see {@link DowngradableLock}), and an upgrade with the place that it upgrades.
 */
final class OneHold {

  private final Session session;
  private final List<Entry> queue;

  /**
   * In this queue.
   *
   * @param session to read the modes with
   */
  OneHold(Session session, List<Entry> queue) {
    this.session = session;
    this.queue = queue;
  }

  /** Where in the cluster's order it began: the same for all of its places, and for no others. */
  Revision of(Entry place) {
    return kind(place) == Kind.UPGRADE
        ? queue.stream()
            .filter(entry -> kind(entry) == Kind.UPGRADABLE)
            .filter(entry -> entry.created().compareTo(place.created()) < 0)
            .findFirst()
            .orElse(place)
            .created()
        : place.created();
  }

  /** Those ahead that a place has to reckon with: its own are not, save what it upgrades. */
  boolean reckonsWith(Entry place, Entry ahead) {
    return !of(place).equals(of(ahead))
        || (kind(place) == Kind.UPGRADE && kind(ahead) == Kind.UPGRADABLE);
  }

  private Kind kind(Entry place) {
    return LockMode.parse(session.modeOf(place.key().name())).kind();
  }
}
