package io.holdfast.admin;

import io.holdfast.admin.LockChange.Kind;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the changes in one queue by comparing each snapshot with the previous one. Used by one
 * thread at a time.
 */
final class QueueChanges {

  private final LockName lock;
  private Map<Key, QueueMember> members = new LinkedHashMap<>();
  private Revision latest = Revision.NONE;

  QueueChanges(LockName lock) {
    this.lock = lock;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /**
   * The changes: members that left first, then the others, each in the queue's order. A snapshot
   * that is older than the previous one is ignored: the server of a new session may lag.
   */
  List<LockChange> since(Session session, Snapshot snapshot) {
    if (!snapshot.entries().isEmpty() && snapshot.revision().compareTo(latest) < 0) {
      return List.of();
    }
    latest = snapshot.revision();
    Map<Key, QueueMember> now = members(session, snapshot);
    List<LockChange> changes = new ArrayList<>();
    members.forEach(
        (key, then) -> {
          if (!now.containsKey(key)) {
            changes.add(change(then.role() == Role.HOLDER ? Kind.RELEASED : Kind.LEFT, then));
          }
        });
    now.forEach(
        (key, member) -> {
          QueueMember then = members.get(key);
          if (then == null || then.role() != member.role()) {
            changes.add(change(member.role() == Role.HOLDER ? Kind.ACQUIRED : Kind.QUEUED, member));
          }
        });
    members = now;
    return changes;
  }

  private LockChange change(Kind kind, QueueMember who) {
    return new LockChange(kind, lock, who);
  }

  private static Map<Key, QueueMember> members(Session session, Snapshot snapshot) {
    Map<Key, QueueMember> members = new LinkedHashMap<>();
    LockQueues.owners(session, snapshot).forEach(who -> members.put(who.key(), who));
    return members;
  }
}
