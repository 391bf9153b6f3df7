package io.holdfast.lock;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Finds who waits for each other in a circle, across processes.
 *
 * <p>A thread that waits in one queue and has a place ahead of others in another keeps these
 * waiting; the graph of who waits for whom is read off the queues. A cycle in it never resolves,
 * unless somebody gives up: by a time-out, an interrupt, or by force.
 *
 * <p><b>No false cycles.</b> The queues are read one after the other, and while that goes on places
 * come and go, so that waits that never were at the same time can look like a cycle. Hence the
 * second look: a place's name is never used twice, so what both looks show was there all the time
 * between them, and a cycle of such waits was there at once. It counts as one party who waits in
 * the same thread of the same session; a grant that its thread has handed to another thread may
 * mislead it. An asynchronous wait holds no thread, and so closes no circle.
 *
 * <p><b>Shared places</b> ({@link LockOptions}) do not tell who holds one now, or waits by it: that
 * may be another thread than the one who took it. Those of this process, used through the same
 * coordinator, are resolved into who holds and who waits here. Of those of other processes, whoever
 * took the place is believed to have it, and a cycle through one is not {@link Cycle#isCertain
 * certain}. One that leads through others behind a shared place is found by a search in that
 * process only.
 */
public final class Deadlocks {

  private final Coordinator coordinator;
  private final Locks locks;
  private final SharedPlaces sharedPlaces;

  /** Among the locks in the namespace of {@code coordinator}. */
  public Deadlocks(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.locks = new Locks(coordinator);
    this.sharedPlaces = new SharedPlaces(coordinator);
  }

  /**
   * One who waits.
   *
   * @param lock for which lock
   * @param waiter who
   * @param inTheWay because of whom; none of them can go before the cycle is broken
   */
  public record Wait(LockName lock, QueuedOwner waiter, List<QueuedOwner> inTheWay) {

    public Wait {
      inTheWay = List.copyOf(inTheWay);
    }

    /** False if somebody in it {@link QueuedOwner#isShared shares} a place in another process. */
    public boolean isCertain() {
      return !waiter.isShared() && inTheWay.stream().noneMatch(QueuedOwner::isShared);
    }

    String party() {
      return party(waiter);
    }

    List<String> blockers() {
      return inTheWay.stream().map(Wait::party).toList();
    }

    private static String party(QueuedOwner member) {
      return member.party().orElse(member.key().path());
    }

    private boolean isSame(Wait other) {
      return waiter.key().equals(other.waiter.key()) && keys().equals(other.keys());
    }

    private Set<Key> keys() {
      Set<Key> keys = new HashSet<>();
      inTheWay.forEach(member -> keys.add(member.key()));
      return keys;
    }

    @Override
    public String toString() {
      return waiter + " waits for " + lock + ", behind " + inTheWay;
    }
  }

  /**
   * Waits of which each is for the party of the next, and the last for that of the first.
   *
   * @param waits one or more: a thread may wait for itself
   */
  public record Cycle(List<Wait> waits) {

    public Cycle {
      waits = List.copyOf(waits);
    }

    /** False if who took a shared place in another process may not be who holds it, or waits. */
    public boolean isCertain() {
      return waits.stream().allMatch(Wait::isCertain);
    }
  }

  /**
   * Looks twice.
   *
   * @return the cycles that were there all the time between the looks; fails with {@link
   *     io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<Cycle>> find() {
    return waits()
        .thenCompose(
            first ->
                WaitsFor.cycles(first).isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : waits().thenApply(second -> WaitsFor.cycles(inBoth(first, second))));
  }

  /** Those of the second look that the first has shown just so. */
  static List<Wait> inBoth(List<Wait> first, List<Wait> second) {
    return second.stream().filter(wait -> first.stream().anyMatch(wait::isSame)).toList();
  }

  private CompletableFuture<List<Wait>> waits() {
    return coordinator
        .session()
        .thenCompose(
            session ->
                locks
                    .names()
                    .thenApply(names -> names.stream().filter(LockName::isName).toList())
                    .thenCompose(names -> waits(session, names, 0, new ArrayList<>())));
  }

  /** One queue after the other: an inspection is not to be a load. */
  private CompletableFuture<List<Wait>> waits(
      Session session, List<String> names, int next, List<Wait> found) {
    if (next == names.size()) {
      return CompletableFuture.completedFuture(found);
    }
    LockName lock = new LockName(names.get(next));
    return session
        .list(locks.queueOf(lock), Consistency.LINEARIZABLE)
        .thenCompose(
            queue -> {
              found.addAll(waits(session, lock, queue));
              return waits(session, names, next + 1, found);
            });
  }

  private List<Wait> waits(Session session, LockName lock, Snapshot queue) {
    SharedPlaces.Resolved resolved =
        sharedPlaces.resolve(lock, queue.directory(), Locks.owners(session, queue));
    List<QueuedOwner> members = resolved.queue();
    OneHold holds = new OneHold(session, queue.entries());
    List<Wait> waits = new ArrayList<>(resolved.localWaits());
    for (QueuedOwner member : members) {
      Entry place = queue.entries().get(member.position());
      List<QueuedOwner> ahead =
          members.subList(0, member.position()).stream()
              .filter(other -> holds.reckonsWith(place, queue.entries().get(other.position())))
              .toList();
      List<QueuedOwner> inTheWay =
          Admission.inTheWay(
              LockMode.parse(session.modeOf(place.key().name())),
              ahead,
              other -> session.modeOf(queue.entries().get(other.position()).key().name()));
      if (!inTheWay.isEmpty()) {
        waits.add(new Wait(lock, member, inTheWay));
      }
    }
    return waits;
  }
}
