package io.holdfast.admin;

import io.holdfast.admin.Deadlocks.Wait;
import io.holdfast.coordination.Key;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.local.PlaceMember;
import io.holdfast.lock.internal.local.PlaceMembers;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Resolves shared places into the threads that share them: the first thread takes the position of
 * the place in the cluster's queue, and each other thread waits for the one before it.
 */
final class SharedPlaces {

  private final PlaceMembers sharers;

  SharedPlaces(PlaceMembers sharers) {
    this.sharers = sharers;
  }

  /** The queue, and the waits of threads for others in their process. */
  record Resolved(List<QueueMember> queue, List<Wait> localWaits) {}

  /**
   * Resolves the shared places of a queue.
   *
   * @param members the members of the queue
   */
  Resolved resolve(LockName lock, List<QueueMember> members) {
    List<QueueMember> queue = new ArrayList<>(members);
    List<Wait> waits = new ArrayList<>();
    for (QueueMember place : latest(members)) {
      QueueMember before = null;
      for (PlaceMember placeMember : sharers.of(place.sharedBy().orElseThrow())) {
        QueueMember member = at(place, placeMember);
        if (before == null) {
          queue.set(place.position(), member);
        } else {
          waits.add(new Wait(lock, member, List.of(before)));
        }
        before = member;
      }
    }
    return new Resolved(queue, waits);
  }

  /**
   * Of the places with the same mark, the last: an earlier one may still be listed although it is
   * given up.
   */
  private static List<QueueMember> latest(List<QueueMember> members) {
    Set<String> marks = new LinkedHashSet<>();
    members.forEach(member -> member.sharedBy().ifPresent(marks::add));
    return marks.stream()
        .map(
            mark ->
                members.stream()
                    .filter(member -> member.sharedBy().equals(Optional.of(mark)))
                    .reduce((earlier, later) -> later)
                    .orElseThrow())
        .toList();
  }

  /** Gives the thread a unique key, as a place has. */
  private static QueueMember at(QueueMember place, PlaceMember member) {
    String party = member.owner().attributes().getOrDefault(OwnerDetails.PARTY, "");
    Key key = place.key().child(party + "." + member.number());
    return new QueueMember(
        place.position(),
        place.token(),
        Optional.of(member.owner()),
        place.session(),
        place.mode(),
        place.role(),
        key,
        place.nativePath());
  }
}
