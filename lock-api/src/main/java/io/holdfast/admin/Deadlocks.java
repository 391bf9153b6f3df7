package io.holdfast.admin;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.local.LocalQueues;
import io.holdfast.lock.internal.local.MembersQuery;
import io.holdfast.lock.internal.local.PlaceMembers;
import io.holdfast.lock.internal.queue.Admission;
import io.holdfast.lock.internal.queue.HoldPlaces;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Finds threads that wait for each other in a circle, across processes.
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
 * <p><b>Shared places</b> ({@link io.holdfast.lock.LockConfig}) do not tell who holds one now, or
 * waits by it: that may be another thread than the one who took it. So each look asks the processes
 * that have such places, and waits for two seconds at most. They answer with who holds and who
 * waits there, whose numbers are never used twice either. Of a shared place of a process that does
 * not answer, the thread that took it counts as its holder, and a cycle through it is not {@link
 * Cycle#isCertain certain}.
 */
public final class Deadlocks {

  private final Coordinator coordinator;
  private final LockQueues locks;
  private final LocalQueues localQueues;

  /** Among the locks in the namespace of {@code coordinator}. */
  public Deadlocks(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.locks = new LockQueues(coordinator);
    this.localQueues = LocalQueues.of(coordinator);
  }

  /**
   * A waiter.
   *
   * @param lock for which lock
   * @param waiter who
   * @param inTheWay because of whom; none of them can go before the cycle is broken
   */
  public record Wait(LockName lock, QueueMember waiter, List<QueueMember> inTheWay) {

    public Wait {
      inTheWay = List.copyOf(inTheWay);
    }

    /**
     * False if in it is whoever took a {@link QueueMember#isShared shared} place, which was not
     * asked.
     */
    public boolean isCertain() {
      return !waiter.isShared() && inTheWay.stream().noneMatch(QueueMember::isShared);
    }

    String party() {
      return party(waiter);
    }

    List<String> blockers() {
      return inTheWay.stream().map(Wait::party).toList();
    }

    private static String party(QueueMember member) {
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

    /** False if somebody in it may not be who holds a shared place now, or waits for it. */
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
    return coordinator
        .context()
        .told(
            waits()
                .thenCompose(
                    first ->
                        WaitsFor.cycles(first).isEmpty()
                            ? CompletableFuture.completedFuture(List.of())
                            : waits().thenApply(second -> WaitsFor.cycles(inBoth(first, second)))));
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
                    .thenCompose(names -> queues(session, names, new ArrayList<>()))
                    .thenCompose(
                        queues ->
                            sharers(session, queues)
                                .thenApply(sharers -> waits(session, queues, sharers))));
  }

  /** A lock's queue as it was listed. */
  private record Queue(LockName lock, Snapshot snapshot) {}

  /** One queue after the other: an inspection is not to be a load. */
  private CompletableFuture<List<Queue>> queues(
      Session session, List<String> names, List<Queue> listed) {
    if (listed.size() == names.size()) {
      return CompletableFuture.completedFuture(listed);
    }
    LockName lock = new LockName(names.get(listed.size()));
    return session
        .list(locks.queueOf(lock), Consistency.LINEARIZABLE)
        .thenCompose(
            snapshot -> {
              listed.add(new Queue(lock, LockQueues.places(session, snapshot)));
              return queues(session, names, listed);
            });
  }

  /** Asks each process with shared places in {@code queues} who they are, and knows our own. */
  private CompletableFuture<PlaceMembers> sharers(Session session, List<Queue> queues) {
    Set<String> sessions = new HashSet<>();
    for (Queue queue : queues) {
      LockQueues.owners(session, queue.snapshot()).stream()
          .filter(QueueMember::isShared)
          .forEach(place -> place.session().ifPresent(sessions::add));
    }
    sessions.remove(session.id());
    return new MembersQuery(session, sessions)
        .ask()
        .thenApply(others -> others.and(localQueues.sharers(session)));
  }

  private static List<Wait> waits(Session session, List<Queue> queues, PlaceMembers sharers) {
    SharedPlaces sharedPlaces = new SharedPlaces(sharers);
    return queues.stream().flatMap(queue -> waits(session, queue, sharedPlaces).stream()).toList();
  }

  private static List<Wait> waits(Session session, Queue queue, SharedPlaces sharedPlaces) {
    List<Entry> places = queue.snapshot().entries();
    SharedPlaces.Resolved resolved =
        sharedPlaces.resolve(queue.lock(), LockQueues.owners(session, queue.snapshot()));
    List<QueueMember> members = resolved.queue();
    HoldPlaces holds = new HoldPlaces(session, places);
    List<Wait> waits = new ArrayList<>(resolved.localWaits());
    for (QueueMember member : members) {
      Entry place = places.get(member.position());
      List<QueueMember> ahead =
          members.subList(0, member.position()).stream()
              .filter(other -> holds.reckonsWith(place, places.get(other.position())))
              .toList();
      List<QueueMember> inTheWay =
          Admission.inTheWay(
              LockMode.parse(session.modeOf(place.key().name())),
              ahead,
              other -> session.modeOf(places.get(other.position()).key().name()));
      if (!inTheWay.isEmpty()) {
        waits.add(new Wait(queue.lock(), member, inTheWay));
      }
    }
    return waits;
  }
}
