package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which instances are draining, and since which change.
 *
 * <p>The revision of a whole snapshot does not tell: on ZooKeeper a snapshot may hold a later
 * change to one entry and not yet an earlier one to another. So a view acknowledges, for each
 * instance, the revision of the entry that it has really seen.
 */
public final class DrainingInstances {

  private DrainingInstances() {}

  /**
   * The draining instances, by id, each with the latest change that speaks of it.
   *
   * @param raw what was read
   * @param ids which instances are draining in there
   */
  public static Map<String, Revision> in(Snapshot raw, Set<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<String, Revision> draining = new TreeMap<>();
    ids.forEach(id -> draining.put(id, Revision.NONE));
    for (Entry entry : raw.entries()) {
      draining.computeIfPresent(
          subject(entry), (id, latest) -> Revision.later(latest, entry.modified()));
    }
    return draining;
  }

  /** By itself or by an operator's word; in either case it is not shown as UP. */
  public static boolean is(RegisteredInstance there) {
    return there.ownStatus() == InstanceStatus.DRAINING
        || there.instance().status() == InstanceStatus.DRAINING;
  }

  /** The id that an entry speaks of: its name, up to a mark such as an operator's override. */
  private static String subject(Entry entry) {
    String name = entry.key().name();
    int mark = name.indexOf('~');
    return mark < 0 ? name : name.substring(0, mark);
  }
}
