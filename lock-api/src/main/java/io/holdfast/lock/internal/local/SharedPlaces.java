package io.holdfast.lock.internal.local;

import io.holdfast.admin.Deadlocks.Wait;
import io.holdfast.admin.QueueMember;
import io.holdfast.lock.LockName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts those who share a place in their process where they belong in the cluster's queue: the first
 * of them stands there instead of the place, and each of the others waits for the one before.
 */
public final class SharedPlaces {

  private final PlaceMembers sharers;

  public SharedPlaces(PlaceMembers sharers) {
    this.sharers = sharers;
  }

  /** The queue, and those who wait for others in their process. */
  public record Resolved(List<QueueMember> queue, List<Wait> localWaits) {}

  /**
   * Looks.
   *
   * @param members of the queue
   */
  public Resolved resolve(LockName lock, List<QueueMember> members) {
    List<QueueMember> queue = new ArrayList<>(members);
    List<Wait> waits = new ArrayList<>();
    for (QueueMember place : latest(members)) {
      QueueMember before = null;
      for (PlaceMember placeMember : sharers.of(place)) {
        QueueMember member = placeMember.at(place);
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
}
