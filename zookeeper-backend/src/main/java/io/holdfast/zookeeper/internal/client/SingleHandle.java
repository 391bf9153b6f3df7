package io.holdfast.zookeeper.internal.client;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/**
 * Gives Curator one ZooKeeper handle and never a second.
 *
 * <p>Left to itself, Curator answers an expired session with a new handle and carries on; what was
 * held is gone and nobody was told. Here the end of the session is the end of the handle.
 *
 * <p>Nor is Curator told that a connection broke or a session ended: all that it could do about it
 * is to ask for another handle, and to log as an error that it gets none.
 */
final class SingleHandle implements ZookeeperFactory {

  private final AtomicBoolean given = new AtomicBoolean();
  private final Watcher after;

  private final ClientSettings settings;

  /** {@code after} is told of the connection's events, of a connection after Curator was. */
  SingleHandle(Watcher after, ClientSettings settings) {
    this.after = after;
    this.settings = settings;
  }

  @Override
  public ZooKeeper newZooKeeper(
      String connectString, int sessionTimeout, Watcher curator, boolean canBeReadOnly)
      throws IOException {
    if (!given.compareAndSet(false, true)) {
      throw new IOException("the session is over, and this client opens no second one");
    }
    return new ZooKeeper(
        connectString,
        sessionTimeout,
        event -> {
          if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
            curator.process(event);
          }
          after.process(event);
        },
        canBeReadOnly,
        settings);
  }
}
