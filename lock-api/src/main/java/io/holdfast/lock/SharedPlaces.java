package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.Deadlocks.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts those in this process who share a place where they belong in the cluster's queue: the first
 * of them stands there instead of the place, and each of the others waits for the one before.
 */
final class SharedPlaces {

  private final LocalQueues queues;

  SharedPlaces(Coordinator coordinator) {
    this.queues = LocalQueues.of(coordinator);
  }

  /** The queue, and those who wait for others in this process. */
  record Resolved(List<QueuedOwner> queue, List<Wait> localWaits) {}

  /**
   * Looks.
   *
   * @param inCluster where the queue is
   * @param members of the queue
   */
  Resolved resolve(LockName lock, Key inCluster, List<QueuedOwner> members) {
    List<QueuedOwner> queue = new ArrayList<>(members);
    List<Wait> waits = new ArrayList<>();
    queues
        .known(inCluster)
        .ifPresent(
            local -> {
              QueuedOwner before = null;
              for (QueuedOwner member : at(latestPlace(local, members), local.members())) {
                if (before == null) {
                  queue.set(member.position(), member);
                } else {
                  waits.add(new Wait(lock, member, List.of(before)));
                }
                before = member;
              }
            });
    return new Resolved(queue, waits);
  }

  /** An earlier one may still be there, given up already. */
  private static Optional<QueuedOwner> latestPlace(LocalQueue local, List<QueuedOwner> members) {
    return members.stream().filter(local::isPlace).reduce((earlier, later) -> later);
  }

  private static List<QueuedOwner> at(Optional<QueuedOwner> place, List<LocalMember> members) {
    return place.stream().flatMap(its -> members.stream().map(each -> at(its, each))).toList();
  }

  /** With a key that nobody else ever has, as a place's is. */
  private static QueuedOwner at(QueuedOwner place, LocalMember member) {
    return new QueuedOwner(
        place.position(),
        place.token(),
        place.owner().map(process -> owner(process, place, member)),
        place.session(),
        place.mode(),
        place.key().child(member.description().party() + "." + member.number()),
        place.nativePath());
  }

  private static Owner owner(Owner taker, QueuedOwner place, LocalMember member) {
    Owner process =
        new Owner(
            taker.name(), taker.host(), taker.pid(), Instant.now().minus(member.age()), Map.of());
    return member
        .description()
        .of(
            process,
            taker.attributes().getOrDefault(Particulars.SESSION, "?"),
            Integer.toString(place.token().generation()));
  }
}
