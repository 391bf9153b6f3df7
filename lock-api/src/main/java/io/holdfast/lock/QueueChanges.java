package io.holdfast.lock;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.Snapshot;
import io.holdfast.lock.LockChange.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens in one queue, found by comparing each snapshot with the one before. Used by one
 * thread at a time.
 */
final class QueueChanges {

  private final LockName lock;
  private Map<Key, Member> members = new LinkedHashMap<>();
  private Revision latest = Revision.NONE;

  private record Member(QueuedOwner who, Holding holding) {}

  private enum Holding {
    HOLDS,
    WAITS
  }

  QueueChanges(LockName lock) {
    this.lock = lock;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /**
   * Those who went first, then the others, each in the queue's order. A snapshot that is older than
   * the one before tells nothing: the server of a new session may lag.
   */
  List<LockChange> since(Session session, Snapshot snapshot) {
    if (!snapshot.entries().isEmpty() && snapshot.revision().compareTo(latest) < 0) {
      return List.of();
    }
    latest = snapshot.revision();
    Map<Key, Member> now = members(session, snapshot);
    List<LockChange> changes = new ArrayList<>();
    members.forEach(
        (key, then) -> {
          if (!now.containsKey(key)) {
            changes.add(change(then.holding == Holding.HOLDS ? Kind.RELEASED : Kind.LEFT, then));
          }
        });
    now.forEach(
        (key, member) -> {
          Member then = members.get(key);
          if (then == null || then.holding != member.holding) {
            changes.add(
                change(member.holding == Holding.HOLDS ? Kind.ACQUIRED : Kind.QUEUED, member));
          }
        });
    members = now;
    return changes;
  }

  private LockChange change(Kind kind, Member member) {
    return new LockChange(kind, lock, member.who);
  }

  private static Map<Key, Member> members(Session session, Snapshot snapshot) {
    List<QueuedOwner> queue = Locks.owners(session, snapshot);
    Map<Key, Member> members = new LinkedHashMap<>();
    for (QueuedOwner who : queue) {
      List<QueuedOwner> inTheWay =
          Admission.inTheWay(
              LockMode.parse(session.modeOf(who.key().name())),
              queue.subList(0, who.position()),
              ahead -> session.modeOf(ahead.key().name()));
      members.put(who.key(), new Member(who, inTheWay.isEmpty() ? Holding.HOLDS : Holding.WAITS));
    }
    return members;
  }
}
