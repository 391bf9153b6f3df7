package io.holdfast.election;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The elections of a namespace, kept separate from its locks. Cheap to make; safe for many threads.
 */
public final class Elections {

  static final Key DIRECTORY = Key.of("elections");

  private final Coordinator coordinator;
  private final Locks locks;
  private final LockQueues queues;

  /** The elections in the namespace of {@code coordinator}. */
  public Elections(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.locks = new Locks(coordinator, DIRECTORY);
    this.queues = new LockQueues(coordinator, DIRECTORY);
  }

  /**
   * An election.
   *
   * @param name as in {@link LockName}
   * @throws IllegalArgumentException if it is not a valid name
   */
  public Election election(String name) {
    return new Election(new LockName(name), coordinator, locks, queues);
  }

  /**
   * The names of all elections with a candidate; may include some that have none any more.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<String>> names() {
    return queues.names();
  }

  /** Like {@link #names}, and also lists the entries that are not elections. */
  public CompletableFuture<DirectoryListing<String>> inspectNames() {
    return queues.inspectNames();
  }

  /**
   * The leader, and after it the candidates in the order in which they would lead.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<QueueMember>> candidates(String name) {
    return queues.queue(name);
  }
}
