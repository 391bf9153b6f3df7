package io.holdfast.lock;

import io.holdfast.lock.Deadlocks.Wait;
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

  private final Sharers sharers;

  SharedPlaces(Sharers sharers) {
    this.sharers = sharers;
  }

  /** The queue, and those who wait for others in their process. */
  record Resolved(List<QueuedOwner> queue, List<Wait> localWaits) {}

  /**
   * Looks.
   *
   * @param members of the queue
   */
  Resolved resolve(LockName lock, List<QueuedOwner> members) {
    List<QueuedOwner> queue = new ArrayList<>(members);
    List<Wait> waits = new ArrayList<>();
    for (QueuedOwner place : latest(members)) {
      QueuedOwner before = null;
      for (Sharer sharer : sharers.of(place)) {
        QueuedOwner member = sharer.at(place);
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
  private static List<QueuedOwner> latest(List<QueuedOwner> members) {
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
