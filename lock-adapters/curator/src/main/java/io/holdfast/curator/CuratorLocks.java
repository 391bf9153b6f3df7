package io.holdfast.curator;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Session;
import io.holdfast.zookeeper.ZooKeeperCoordinators;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;

/**
 * Locks on the paths of Curator's {@code InterProcessMutex}, over the application's own client. A
 * lock of ours and a mutex of Curator's on one path exclude each other and stand in one queue, so
 * the processes of a service can be changed over one by one.
 *
 * <p>What sharing the client means is told at {@link ZooKeeperCoordinators}. Do not use Curator's
 * recipes and these on one path through one client: ZooKeeper counts watches by client and path,
 * and each would remove the other's. Two processes may.
 *
 * <p>One per client is enough. Safe for use by many threads.
 */
public final class CuratorLocks implements AutoCloseable {

  private final Coordinator coordinator;
  private final String clientNamespace;

  private CuratorLocks(Coordinator coordinator, String clientNamespace) {
    this.coordinator = coordinator;
    this.clientNamespace = clientNamespace;
  }

  /**
   * Opens a session by way of {@code client} and has it proven, so that the first lock need not
   * wait for that. Blocks for at most the connect time-out, and then a quarter of the client's
   * session time-out; do it when the application starts.
   *
   * @param client a started client itself, not a view of it with another namespace
   * @param namespace the key below which Holdfast keeps its sessions, such as {@code holdfast}; the
   *     same in all processes
   * @param options the session time-out is the client's
   * @throws UnavailableException if the cluster does not answer in time
   * @throws IllegalArgumentException if an argument does not serve
   */
  public static CuratorLocks over(
      CuratorFramework client, String namespace, CoordinatorOptions options) {
    Coordinator coordinator = ZooKeeperCoordinators.over(client, namespace, options);
    try {
      prove(coordinator);
      return new CuratorLocks(coordinator, client.getNamespace());
    } catch (RuntimeException e) {
      coordinator.close();
      throw e;
    }
  }

  private static void prove(Coordinator coordinator) {
    CompletableFuture<Duration> proof = coordinator.session().thenCompose(Session::prove);
    Duration most =
        coordinator
            .current()
            .map(Session::timeout)
            .orElse(Duration.ZERO)
            .plus(coordinator.options().connectTimeout());
    try {
      proof.get(Durations.nanos(most), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause();
      throw new UnavailableException(
          "the client's session could not be proven to live",
          cause == null ? e : Futures.unwrapped(cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while the session was proven", e);
    }
  }

  /** The coordinator over the client, for everything else that Holdfast has. */
  public Coordinator coordinator() {
    return coordinator;
  }

  /**
   * A lock on {@code path}, as {@code new InterProcessMutex(client, path)} makes one. Each object
   * is owned by one thread at a time; two objects of one path exclude each other.
   *
   * @param path as given to Curator, below the client's namespace if it has one; at least two
   *     segments, as in {@code /jobs/settle}. The last has to be a segment that a {@link LockName}
   *     is stored as: letters, digits and {@code . _ : @ = + -}
   * @throws IllegalArgumentException if the path does not serve
   */
  public FencedMutex mutex(String path) {
    Key queue = key(path);
    LockName name =
        LockName.ofSegment(queue.name())
            .orElseThrow(
                () ->
                    new IllegalArgumentException("not the stored form of a lock's name: " + path));
    Locks locks = new Locks(coordinator, queue.parent());
    return new FencedMutex(locks.lock(name.text(), LockConfig.unshared()).exclusive());
  }

  private Key key(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with a slash: " + path);
    }
    String below = clientNamespace.isEmpty() ? "" : "/" + clientNamespace;
    Key queue = Key.absolute(below + path);
    if (!queue.hasParent()) {
      throw new IllegalArgumentException(
          "a lock's path has at least two segments, as /locks/orders has: " + path);
    }
    return queue;
  }

  /** Releases everything, and leaves the client open. Blocks for its session time-out at most. */
  @Override
  public void close() {
    coordinator.close();
  }
}
