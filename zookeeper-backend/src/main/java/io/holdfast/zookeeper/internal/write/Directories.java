package io.holdfast.zookeeper.internal.write;

import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;

/**
 * Makes the nodes above queues and keys: container nodes, which ZooKeeper removes some time after
 * they have become empty.
 *
 * <p>This also tells a directory from a key: a container without data is a directory and nothing
 * else.
 */
public final class Directories {

  /** How ZooKeeper marks a container: as the owner of a node that no session owns. */
  private static final long CONTAINER_OWNER = Long.MIN_VALUE;

  private final Connection connection;

  public Directories(Connection connection) {
    this.connection = connection;
  }

  /** True if the node only holds others, and is not a key. */
  public static boolean isDirectory(Reply.Node node) {
    return isContainer(node) && node.data().size() == 0;
  }

  static boolean isContainer(Reply.Node node) {
    return node.stat().getEphemeralOwner() == CONTAINER_OWNER;
  }

  /**
   * Makes those of {@code paths} that are missing; each is named before those below it. Whether it
   * worked, the next write tells: an empty container may vanish again before anything is put in it.
   */
  public CompletableFuture<Void> make(List<String> paths) {
    return paths.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : create(paths, CreateMode.CONTAINER).thenApply(last -> null);
  }

  /**
   * Makes nodes that stay.
   *
   * @return what came of the last
   */
  public CompletableFuture<Reply<String>> makeLasting(List<String> paths) {
    return create(paths, CreateMode.PERSISTENT);
  }

  /** The replies come in the order of the requests, the last one last; there has to be one. */
  private CompletableFuture<Reply<String>> create(List<String> paths, CreateMode mode) {
    CompletableFuture<Reply<String>> last = new CompletableFuture<>();
    for (String path : new LinkedHashSet<>(paths)) {
      last = connection.create(path, mode);
    }
    return last;
  }
}
