package io.holdfast.lock;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The locks of a namespace. Cheap to make; safe for use by many threads. */
public final class Locks {

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
    return new QueueLock(new LockName(name), coordinator);
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
              "exclusive",
              session.nativePath(entry.key())));
    }
    return owners;
  }
}
