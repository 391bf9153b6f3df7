package io.holdfast.lock;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The locks of a namespace. Cheap to make; safe for use by many threads. */
public final class Locks {

  /** As many places as every backend can take in one write. */
  private static final int MOST_TOGETHER = 64;

  private final Coordinator coordinator;

  /** The locks in the namespace of {@code coordinator}. */
  public Locks(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * A lock that one holds alone.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a lock's name
   */
  public DistributedLock exclusive(String name) {
    return lock(name, LockMode.EXCLUSIVE);
  }

  /**
   * A lock that one holds alone, with less work for the cluster where many in this process want it
   * or the same one wants it often. All in this process who use it so, through this coordinator,
   * are one to the cluster, and are served in the order in which they came.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a lock's name
   */
  public DistributedLock exclusive(String name, LockOptions options) {
    return new LocalLock(new LockName(name), options, coordinator);
  }

  /**
   * A lock that many hold together for reading, and one alone for writing.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a lock's name
   */
  public DistributedReadWriteLock readWrite(String name) {
    return new DistributedReadWriteLock(lock(name, LockMode.READ), lock(name, LockMode.WRITE));
  }

  /**
   * A number of permits.
   *
   * @param name as in {@link LockName}
   * @param permits how many there are, 1 to 99,999; the same wherever this name is used
   * @throws IllegalArgumentException if it is not a lock's name, or no such number
   */
  public DistributedSemaphore semaphore(String name, int permits) {
    return new DistributedSemaphore(new LockName(name), permits, coordinator);
  }

  /**
   * Several locks as one, in any mix of modes: all are held or none.
   *
   * <p>It queues for all of them in one write, at one point of the cluster's order, so that waits
   * for several locks cannot block each other, in whatever order each names them. That does not
   * hold for who acquires a further lock while holding one.
   *
   * @param locks 1 to 64, of this namespace's {@code Locks}, each name once
   * @throws IllegalArgumentException otherwise
   */
  public Acquirable<MultiGrant> all(DistributedLock... locks) {
    List<LockClaim> claims = Stream.of(locks).map(this::claimOf).toList();
    long names = claims.stream().map(LockClaim::name).distinct().count();
    if (claims.isEmpty() || claims.size() > MOST_TOGETHER || names < claims.size()) {
      throw new IllegalArgumentException(
          "hold 1 to " + MOST_TOGETHER + " locks together, each name once");
    }
    return Queueing.of(
        claims,
        coordinator,
        (patience, completion) ->
            new Acquisition(claims, coordinator, patience, completion).start());
  }

  private LockClaim claimOf(DistributedLock lock) {
    if (lock instanceof QueueLock ours && ours.isOf(coordinator)) {
      return ours.claim();
    }
    throw new IllegalArgumentException("not a lock of the same coordinator: " + lock.name());
  }

  private DistributedLock lock(String name, LockMode mode) {
    return new QueueLock(new LockName(name), mode, coordinator);
  }

  /**
   * The names of all locks that somebody holds or waits for, and perhaps of some that nobody does
   * any more.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<String>> names() {
    return coordinator
        .session()
        .thenCompose(session -> session.names(LockName.DIRECTORY, Consistency.LINEARIZABLE));
  }

  /**
   * Who holds a lock and who waits for it, in order.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<QueuedOwner>> queue(String name) {
    LockName lock = new LockName(name);
    return coordinator
        .session()
        .thenCompose(
            session ->
                session
                    .list(lock.queue(), Consistency.LINEARIZABLE)
                    .thenApply(snapshot -> owners(session, snapshot.entries())));
  }

  /** Where a lock's queue is, as the store's own tools would be given it. */
  public CompletableFuture<String> nativePath(String name) {
    LockName lock = new LockName(name);
    return coordinator.session().thenApply(session -> session.nativePath(lock.queue()));
  }

  private static List<QueuedOwner> owners(Session session, List<Entry> entries) {
    List<QueuedOwner> owners = new ArrayList<>();
    for (Entry entry : entries) {
      owners.add(
          new QueuedOwner(
              owners.size(),
              FencingToken.of(entry.created()),
              Owner.decode(entry.payload()),
              entry.session(),
              LockMode.parse(session.modeOf(entry.key().name())).toString(),
              session.nativePath(entry.key())));
    }
    return owners;
  }
}
