package io.holdfast.zookeeper.internal.read;

import io.holdfast.spi.Context;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.ConnectionObservers;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/**
 * Lasting watches on nodes, and on their children or all below them: one at the server for each
 * path, however many ask for it here, and none once the last of them has stopped. Where some ask
 * for children only and others for all below, there is one on all below.
 *
 * <p>Servers before ZOOKEEPER-4466 keep one watch for each session and path: of a lasting one and
 * one that tells once, such as {@link DeletionWatches} sets, the later takes the place of the
 * other. So a lasting watch is set again behind each of those. Set last, it serves both, for the
 * client tells every watcher of an event, whichever watch it came by. And to remove a lasting watch
 * is to remove all on its path; whoever else has one there is told so, and sets it again.
 *
 * <p>Used in the context only.
 */
public final class Watches {

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private final Connection connection;
  private final Context context;
  private final Map<String, Path> paths = new HashMap<>();

  /** Called in the context. */
  public interface Listener {
    /** Something has happened to the node, or to one below it. */
    void changed(WatchedEvent event);

    /** The watch is set; before, anything may have happened unseen. May come again and again. */
    void watching();
  }

  public Watches(Connection connection, Context context, ConnectionObservers connectionObservers) {
    this.connection = connection;
    this.context = context;
    connectionObservers.atEveryAttachment(() -> List.copyOf(paths.values()).forEach(Path::set));
    connection.onPassingWatch(this::setAgain);
  }

  /**
   * Tells {@code listener} of all that happens to {@code path} and below it.
   *
   * @return stops it
   */
  public Runnable watch(String path, Listener listener) {
    return watch(path, listener, AddWatchMode.PERSISTENT_RECURSIVE);
  }

  /**
   * Tells {@code listener} of the creation and deletion of {@code path} and of its children, and
   * perhaps of more.
   *
   * @return stops it
   */
  public Runnable watchChildren(String path, Listener listener) {
    return watch(path, listener, AddWatchMode.PERSISTENT);
  }

  private Runnable watch(String path, Listener listener, AddWatchMode mode) {
    Path known = paths.get(path);
    Path watched = known == null ? new Path(path, mode) : known;
    watched.listeners.add(listener);
    boolean deeper =
        mode == AddWatchMode.PERSISTENT_RECURSIVE && watched.mode == AddWatchMode.PERSISTENT;
    if (deeper) {
      watched.mode = mode;
    }
    if (known == null || deeper) {
      paths.put(path, watched);
      watched.set();
    } else if (known.isSet) {
      listener.watching();
    }
    return () -> watched.stop(listener);
  }

  private void setAgain(String path) {
    Path watched = paths.get(path);
    if (watched != null) {
      watched.set();
    }
  }

  /** One path and those who listen. */
  private final class Path {
    private final String path;
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final Watcher watcher =
        event -> context.execute(() -> List.copyOf(listeners).forEach(each -> each.changed(event)));

    /** On all below once anybody has asked for that. */
    private AddWatchMode mode;

    private boolean isSet;

    /** Counts the requests, of which only the last counts. */
    private long asked;

    Path(String path, AddWatchMode mode) {
      this.path = path;
      this.mode = mode;
    }

    void set() {
      if (paths.get(path) != this) {
        return;
      }
      isSet = false;
      asked++;
      long mine = asked;
      connection
          .addWatch(path, watcher, mode)
          .thenAccept(
              reply -> {
                if (paths.get(path) != this || mine != asked) {
                  return;
                }
                if (reply.isOk()) {
                  isSet = true;
                  List.copyOf(listeners).forEach(Listener::watching);
                } else if (!reply.isLost()) {
                  context.schedule(context.jittered(TRY_AGAIN), this::set);
                }
                // If it was lost, the next connection sets it.
              });
    }

    void stop(Listener listener) {
      if (listeners.remove(listener) && listeners.isEmpty() && paths.remove(path, this)) {
        connection.removeAllWatches(path);
      }
    }
  }
}
