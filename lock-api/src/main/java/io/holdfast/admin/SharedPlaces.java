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
 * Puts those who share a place in their process where they belong in the cluster's queue: the first
 * of them stands there instead of the place, and each of the others waits for the one before.
 */
final class SharedPlaces {

  private final PlaceMembers sharers;

  SharedPlaces(PlaceMembers sharers) {
    this.sharers = sharers;
  }

  /** The queue, and those who wait for others in their process. */
  record Resolved(List<QueueMember> queue, List<Wait> localWaits) {}

  /**
   * Looks.
   *
   * @param members of the queue
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

  /** Of the places with one mark the last: an earlier one may still be there, given up already. */
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

  /** With a key that nobody else ever has, as a place's is. */
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
