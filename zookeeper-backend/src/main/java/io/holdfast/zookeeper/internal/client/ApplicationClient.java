package io.holdfast.zookeeper.internal.client;

import io.holdfast.spi.Context;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.api.CuratorEventType;
import org.apache.curator.framework.api.CuratorListener;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's Curator client, which has a session already and goes on when we end.
 *
 * <p>One session of ours belongs to one handle of Curator's. Curator makes another handle when the
 * session expired; then ours is lost. Because the client's session outlives ours, {@link #close}
 * deletes the nodes that ours made and removes its watches. Their paths are noted before the
 * request is sent, and until they are known to be gone or not to have been made. For a node whose
 * number the server chose, the path ends before the number; it is unique without it.
 *
 * <p>States: WAITING until the client is connected, CONNECTED, DISCONNECTED, OVER.
 */
public final class ApplicationClient implements Client {

  private static final Logger LOG = LoggerFactory.getLogger(ApplicationClient.class);
  private static final int SEQUENCE_DIGITS = 10;
  private static final long FIRST_PAUSE_MS = 200;
  private static final long LONGEST_PAUSE_MS = 5_000;

  private final CuratorFramework curator;
  private final Context context;
  private final CuratorListener listener = (client, event) -> told(event);
  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final Set<String> watched = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> cleared = new CompletableFuture<>();
  private volatile @Nullable ZooKeeper handle;

  /** The presence node, which no other session has. */
  private volatile @Nullable String first;

  private volatile Connection.@Nullable Events events;

  /** Used in the context only. */
  private State state = State.WAITING;

  private enum State {
    WAITING,
    CONNECTED,
    DISCONNECTED,
    OVER
  }

  public ApplicationClient(CuratorFramework curator, Context context) {
    this.curator = curator;
    this.context = context;
  }

  /** In the context. */
  @Override
  public void open(Connection.Events to) {
    events = to;
    curator.getCuratorListenable().addListener(listener);
    connected();
  }

  private Connection.Events events() {
    return Objects.requireNonNull(events, "not open");
  }

  /** On the handle's event thread, and when Curator is closed on the thread that closes it. */
  private void told(CuratorEvent event) {
    if (event.getType() == CuratorEventType.CLOSING) {
      ends();
      return;
    }
    WatchedEvent watchedEvent = event.getWatchedEvent();
    if (event.getType() != CuratorEventType.WATCHED
        || watchedEvent == null
        || watchedEvent.getType() != Watcher.Event.EventType.None) {
      return;
    }
    switch (watchedEvent.getState()) {
      case SyncConnected -> context.execute(this::connected);
      case Disconnected -> context.execute(this::disconnected);
      case AuthFailed -> context.execute(events()::refused);
      case Expired -> {
        // Until there is a handle, it was the session of one before ours.
        if (handle != null) {
          ends();
        }
      }
      default -> {}
    }
  }

  /** Nothing is held from now on, even if the context has other things to do first. */
  private void ends() {
    events().ending();
    context.execute(this::over);
  }

  /**
   * Told twice of one connection, only the first counts: the session would take the second for
   * proof that it was presented to a leader since the last answer. In the context.
   */
  private void connected() {
    ZooKeeper current = current();
    if (state == State.WAITING && current != null) {
      handle = current;
    } else if (state != State.DISCONNECTED) {
      return;
    } else if (current != null && current != handle) {
      over();
      return;
    }
    state = State.CONNECTED;
    events().connected();
  }

  /** Curator's handle if it is connected. */
  private @Nullable ZooKeeper current() {
    try {
      ZooKeeper current = curator.getZookeeperClient().getZooKeeper();
      return current.getState() == ZooKeeper.States.CONNECTED ? current : null;
    } catch (Exception e) {
      LOG.debug("Curator has no handle now", e);
      return null;
    }
  }

  private void disconnected() {
    if (state == State.CONNECTED) {
      state = State.DISCONNECTED;
      events().disconnected();
    }
  }

  private void over() {
    if (state != State.OVER) {
      state = State.OVER;
      events().expired();
    }
  }

  @Override
  public ZooKeeper handle() {
    return Objects.requireNonNull(handle, "not connected");
  }

  @Override
  public boolean ownsSession() {
    return false;
  }

  @Override
  public int longestAnswer() {
    return handle()
        .getClientConfig()
        .getInt(ZKConfig.JUTE_MAXBUFFER, ZKClientConfig.CLIENT_MAX_PACKET_LENGTH_DEFAULT);
  }

  @Override
  public Optional<AbandonedSessions.Leftover> leftover() {
    return Optional.empty();
  }

  @Override
  public boolean creating(String path) {
    if (first == null) {
      first = path;
    }
    return created.add(path);
  }

  @Override
  public void absent(String path) {
    created.remove(path);
    created.remove(withoutNumber(path));
  }

  private static String withoutNumber(String path) {
    return path.substring(0, Math.max(0, path.length() - SEQUENCE_DIGITS));
  }

  @Override
  public Watcher watchingOnce(String path, Watcher watcher) {
    watched.add(path);
    return event -> {
      if (event.getType() != Watcher.Event.EventType.None) {
        watched.remove(path);
      }
      watcher.process(event);
    };
  }

  @Override
  public void watching(String path) {
    watched.add(path);
  }

  /** Deletes what the session made, however often that is tried, while the handle lives. */
  @Override
  public void close() {
    curator.getCuratorListenable().removeListener(listener);
    ZooKeeper mine = handle;
    if (mine != null) {
      clear(mine);
    }
    cleared.complete(null);
  }

  /** Done when {@link #close} is: a later session may make nodes of the same names. */
  public CompletableFuture<Void> cleared() {
    return cleared;
  }

  private void clear(ZooKeeper mine) {
    long pause = FIRST_PAUSE_MS;
    try {
      while (mine.getState().isAlive() && !isCleared(mine)) {
        // On the thread that closes, which nobody waits for longer than the session time-out. There
        // is no bound: what is left would keep locks taken for as long as the client lives.
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isCleared(ZooKeeper mine) throws InterruptedException {
    try {
      String presence = first;
      if (presence != null) {
        // A write, so that the list below has all that was asked for before it.
        delete(mine, presence);
      }
      for (String path : mine.getEphemerals()) {
        String local = withoutChroot(path);
        if (created.contains(local) || created.contains(withoutNumber(local))) {
          delete(mine, local);
        }
      }
    } catch (KeeperException e) {
      LOG.debug("what this session made is still there", e);
      return false;
    }
    for (String path : watched) {
      mine.removeAllWatches(path, Watcher.WatcherType.Any, true, (rc, asked, none) -> {}, null);
    }
    return true;
  }

  private static void delete(ZooKeeper mine, String path)
      throws KeeperException, InterruptedException {
    try {
      mine.delete(path, Connection.ANY_VERSION);
    } catch (KeeperException.NoNodeException e) {
      // That is what is wanted.
    }
  }

  /** ZooKeeper's client tells the ephemeral nodes by the servers' paths. */
  private String withoutChroot(String path) {
    String chroot =
        new ConnectStringParser(curator.getZookeeperClient().getCurrentConnectionString())
            .getChrootPath();
    return chroot != null && path.startsWith(chroot + "/") ? path.substring(chroot.length()) : path;
  }
}
