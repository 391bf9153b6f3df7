package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.spi.Session;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The {@link LocalQueue}s of a coordinator, each for as long as somebody has to do with it: one
 * that is used is referred to by its locks, its holders, those who wait, and its place.
 */
public final class LocalQueues {

  private static final int SWEEP_EVERY = 128;

  private final Coordinator coordinator;

  /** Guarded by this. */
  private final Map<Key, WeakReference<LocalQueue>> queues = new HashMap<>();

  /** Guarded by this. */
  private int made;

  /** Whether others who ask for our members are answered: from the first queue on. */
  private final AtomicBoolean answers = new AtomicBoolean();

  private LocalQueues(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  public static LocalQueues of(Coordinator coordinator) {
    return coordinator.shared(LocalQueues.class, () -> new LocalQueues(coordinator));
  }

  /** Likewise, if there is one. */
  public synchronized Optional<LocalQueue> known(Key inCluster) {
    return Optional.ofNullable(queues.get(inCluster)).map(WeakReference::get);
  }

  /** The one for the lock with this queue in the cluster. */
  public LocalQueue queue(Key inCluster) {
    if (!answers.getAndSet(true)) {
      new MembersResponder(coordinator, this);
    }
    return made(inCluster);
  }

  private synchronized LocalQueue made(Key inCluster) {
    WeakReference<LocalQueue> known = queues.get(inCluster);
    LocalQueue there = known == null ? null : known.get();
    if (there == null) {
      if (++made % SWEEP_EVERY == 0) {
        queues.values().removeIf(queue -> queue.refersTo(null));
      }
      there = new LocalQueue(coordinator);
      queues.put(inCluster, new WeakReference<>(there));
    }
    return there;
  }

  /** Who shares the places of {@code session}, the coordinator's present one. */
  public PlaceMembers sharers(Session session) {
    Map<String, List<PlaceMember>> byPlace = new HashMap<>();
    for (LocalQueue queue : inUse()) {
      List<PlaceMember> sharers =
          queue.members().stream().map(member -> placeMember(member, session)).toList();
      if (!sharers.isEmpty()) {
        byPlace.put(queue.id(), sharers);
      }
    }
    return new PlaceMembers(byPlace);
  }

  private synchronized List<LocalQueue> inUse() {
    return queues.values().stream().map(WeakReference::get).filter(Objects::nonNull).toList();
  }

  private PlaceMember placeMember(LocalMember member, Session session) {
    Owner process = coordinator.options().owner().since(Instant.now().minus(member.age()));
    return new PlaceMember(member.details().of(process, session.id()), member.number());
  }
}
