package io.holdfast.registry.dual;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes one snapshot of two. Not safe for use by several threads.
 *
 * <ul>
 *   <li>An instance is shown once, by its id.
 *   <li>Where both have it, the preferred side describes it, unless that side is not live and the
 *       other is.
 *   <li>Where one has it, it is shown: it may be registered there alone. But if that side is not
 *       live, and the other is and has had it, it is gone: who registers with both has left.
 * </ul>
 *
 * <p>Revisions of two clusters cannot be compared. The merged snapshot counts its own, one for each
 * change.
 */
final class Merge {

  private final Side old = new Side();
  private final Side now = new Side();
  private ServiceSnapshot merged;

  /** What one registry says. */
  private static final class Side {
    ServiceSnapshot snapshot = ServiceSnapshot.unknown("none");

    /** Ids that it had when it was last live, or has had since while live. */
    final Set<String> has = new HashSet<>();

    void take(ServiceSnapshot next) {
      snapshot = next;
      if (isLive()) {
        next.instances().forEach(there -> has.add(there.id()));
      }
    }

    boolean isLive() {
      return snapshot.freshness() == Freshness.LIVE;
    }

    boolean lacks(String id) {
      return snapshot.find(id).isEmpty();
    }
  }

  Merge(String service) {
    merged = ServiceSnapshot.unknown(service);
  }

  ServiceSnapshot merged() {
    return merged;
  }

  /**
   * Merges anew.
   *
   * @return the same object as before if nothing has changed
   */
  ServiceSnapshot of(ServiceSnapshot oldSnapshot, ServiceSnapshot newSnapshot, Phase phase) {
    old.take(oldSnapshot);
    now.take(newSnapshot);
    Map<String, RegisteredInstance> instances = new TreeMap<>();
    Side first = phase.prefersNew() ? now : old;
    Side second = phase.prefersNew() ? old : now;
    boolean both = phase.countsOld() && phase.countsNew();
    if (both && !first.isLive() && second.isLive()) {
      Side preferred = first;
      first = second;
      second = preferred;
    }
    if (both) {
      add(second, first, instances);
      add(first, second, instances);
    } else {
      first.snapshot.instances().forEach(there -> instances.put(there.id(), there));
    }
    forgetAllBut(instances.keySet());
    show(
        instances,
        both ? freshness() : first.snapshot.freshness(),
        both ? earlier(old.snapshot.asOf(), now.snapshot.asOf()) : first.snapshot.asOf());
    return merged;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static void add(Side side, Side other, Map<String, RegisteredInstance> instances) {
    for (RegisteredInstance there : side.snapshot.instances()) {
      boolean left =
          !side.isLive()
              && other.isLive()
              && other.lacks(there.id())
              && other.has.contains(there.id());
      if (!left) {
        instances.put(there.id(), there);
      }
    }
  }

  private Freshness freshness() {
    Freshness better = old.isLive() ? now.snapshot.freshness() : old.snapshot.freshness();
    return old.isLive() && now.isLive() ? Freshness.LIVE : better;
  }

  /** Ids that neither side has any more are never asked for again. */
  private void forgetAllBut(Set<String> shown) {
    old.has.removeIf(id -> !shown.contains(id) && now.lacks(id) && old.lacks(id));
    now.has.removeIf(id -> !shown.contains(id) && now.lacks(id) && old.lacks(id));
  }

  private void show(Map<String, RegisteredInstance> instances, Freshness freshness, Instant asOf) {
    ServiceSnapshot next =
        new ServiceSnapshot(
            merged.service(),
            new Revision(merged.revision().value() + 1),
            freshness,
            List.copyOf(instances.values()),
            asOf);
    boolean same =
        next.freshness() == merged.freshness() && next.instances().equals(merged.instances());
    merged = same ? merged : next;
  }
}
