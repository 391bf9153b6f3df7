package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.internal.queue.LockMode.Kind;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.util.List;

/**
 * Groups the places in a queue that belong to one hold or one request: the places of one join (see
 * {@link GrantHandle.Downgradable}), and an upgrade with the place that it upgrades.
 */
public final class HoldPlaces {

  private final Session session;
  private final List<Entry> queue;

  /**
   * The places of this queue.
   *
   * @param session to read the modes with
   */
  public HoldPlaces(Session session, List<Entry> queue) {
    this.session = session;
    this.queue = queue;
  }

  /**
   * The revision at which the hold of {@code place} began: the same for all of its places, and for
   * no others.
   */
  public Revision of(Entry place) {
    return kind(place) == Kind.UPGRADE
        ? queue.stream()
            .filter(entry -> kind(entry) == Kind.UPGRADABLE)
            .filter(entry -> entry.created().compareTo(place.created()) < 0)
            .findFirst()
            .orElse(place)
            .created()
        : place.created();
  }

  /**
   * True if {@code place} must count {@code ahead}. Places of its own hold do not count, except the
   * one that it upgrades.
   */
  public boolean reckonsWith(Entry place, Entry ahead) {
    return !of(place).equals(of(ahead))
        || (kind(place) == Kind.UPGRADE && kind(ahead) == Kind.UPGRADABLE);
  }

  private Kind kind(Entry place) {
    return LockMode.parse(session.modeOf(place.key().name())).kind();
  }
}
