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
 * <p>The queues give a waits-for graph: a thread that waits in one queue may have a place in
 * another queue, and those behind that place wait for the thread. A cycle in the graph never ends
 * by itself. A time-out, an interrupt or a forced release can end it.
 *
 * <p><b>No false cycles.</b> The queues are read one after the other. Places come and go meanwhile,
 * so waits that never existed at the same time can look like a cycle. So the queues are read twice.
 * A place's name is never used twice, so a place that both reads show was there all the time
 * between them. A cycle of such waits existed at one moment. Places of the same thread of the same
 * session belong to one party; a grant that a thread has passed to another thread may mislead the
 * search. An asynchronous wait blocks no thread, so it closes no cycle.
 *
 * <p><b>Shared places</b> ({@link io.holdfast.lock.LockConfig}) do not show which thread holds or
 * waits now; it may not be the thread that took the place. So each read asks the processes that
 * have shared places, and waits for two seconds at most. They answer with their holders and
 * waiters, under numbers that are never used twice either. If a process does not answer, the thread
 * that took its shared place counts as the holder, and a cycle through that place is not {@link
 * Cycle#isCertain certain}.
 */
public final class Deadlocks {

  private final Coordinator coordinator;
  private final LockQueues locks;
  private final LocalQueues localQueues;

  /** Searches the locks in the namespace of {@code coordinator}. */
  public Deadlocks(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.locks = new LockQueues(coordinator);
    this.localQueues = LocalQueues.of(coordinator);
  }

  /**
   * A waiter.
   *
   * @param lock the lock that it waits for
   * @param waiter the waiter's place
   * @param inTheWay the places that it waits for; none of them can go before the cycle is broken
   */
  public record Wait(LockName lock, QueueMember waiter, List<QueueMember> inTheWay) {

    public Wait {
      inTheWay = List.copyOf(inTheWay);
    }

    /**
     * False if it involves a {@link QueueMember#isShared shared} place whose process did not
     * answer.
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
   * Waits in a circle: each waits for the party of the next one, and the last for the party of the
   * first.
   *
   * @param waits one or more: a thread may wait for itself
   */
  public record Cycle(List<Wait> waits) {

    public Cycle {
      waits = List.copyOf(waits);
    }

    /**
     * False if a party in it may be wrong, because a process with a shared place did not answer.
     */
    public boolean isCertain() {
      return waits.stream().allMatch(Wait::isCertain);
    }
  }

  /**
   * Reads the queues twice.
   *
   * @return the cycles that existed all the time between the two reads; fails with {@link
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

  /** The waits of the second read that the first read showed unchanged. */
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

  /** Reads one queue after the other, so that an inspection loads the cluster little. */
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

  /** Asks each process with shared places in {@code queues} for their members, and adds our own. */
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
