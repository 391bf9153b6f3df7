package io.holdfast.zookeeper.internal.read;

import io.holdfast.spi.Context;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.ConnectionObservers;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Tells when nodes are gone: one watch for each path, however many wait for it. And knows what the
 * watched nodes are, for those who would have to ask.
 *
 * <p>The watch tells of new data too, and ZooKeeper tells a session of a change before it shows the
 * session anything later. So what was seen with the watch, until it tells something or the
 * connection breaks, is what a read would see.
 *
 * <p>ZooKeeper's client sets its watches again after a broken connection. All the same each path is
 * looked at again then, because a look that was under way may have been lost. Used in the context
 * only.
 */
public final class DeletionWatches {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Connection connection;
  private final Context context;
  private final Map<String, Path> paths = new HashMap<>();

  public DeletionWatches(
      Connection connection, Context context, ConnectionObservers connectionObservers) {
    this.connection = connection;
    this.context = context;
    connectionObservers.atEveryAttachment(() -> List.copyOf(paths.values()).forEach(Path::look));
    connectionObservers.atEveryDetachment(() -> paths.values().forEach(Path::unsee));
  }

  /** What a read of a watched node would see now; empty if only a read can tell. */
  public Optional<Stat> seen(String path) {
    Path watched = paths.get(path);
    return watched == null ? Optional.empty() : Optional.ofNullable(watched.seen);
  }

  /** True if somebody waits for the end of a node. */
  public boolean watches(String path) {
    return paths.containsKey(path);
  }

  /** Completes {@code gone} once there is no node at {@code path}. */
  public void watch(String path, CompletableFuture<Void> gone) {
    Runnable waiter = () -> gone.complete(null);
    Path watched = paths.get(path);
    if (watched == null) {
      watched = new Path(path);
      paths.put(path, watched);
      watched.look();
    }
    watched.waiting.add(waiter);
    Path joined = watched;
    gone.whenComplete((done, failure) -> context.execute(() -> joined.stop(waiter)));
  }

  /** One path and those who wait. */
  private final class Path {
    final String path;
    final Set<Runnable> waiting = new LinkedHashSet<>();
    final Watcher watcher;

    /** What was there when the watch was set, unless the watch has told something since. */
    @Nullable Stat seen;

    /** Counts what the watch has told, so that an earlier look is known to be out of date. */
    private long told;

    Path(String path) {
      this.path = path;
      this.watcher =
          event -> {
            switch (event.getType()) {
              case None -> {}
              case NodeDeleted -> DeletionWatches.this.context.execute(this::end);
              default -> DeletionWatches.this.context.execute(this::changed);
            }
          };
    }

    private void changed() {
      unsee();
      look();
    }

    void unsee() {
      seen = null;
      told++;
    }

    void look() {
      if (paths.get(path) != this) {
        return;
      }
      long asked = told;
      connection
          .stat(path, watcher)
          .thenAccept(
              reply -> {
                if (reply.isAbsent()) {
                  connection.removeWatches(path);
                  end();
                } else if (reply.isOk()) {
                  seen = asked == told ? reply.value() : seen;
                } else if (!reply.isLost()) {
                  // The server would not say now, and has set no watch.
                  context.schedule(context.jittered(LOOK_AGAIN), this::look);
                }
              });
    }

    /** It is gone, or was for a moment. A watch that told so is used up. */
    private void end() {
      if (paths.remove(path, this)) {
        List.copyOf(waiting).forEach(Runnable::run);
      }
    }

    void stop(Runnable waiter) {
      if (waiting.remove(waiter) && waiting.isEmpty() && paths.remove(path, this)) {
        connection.removeWatches(path);
      }
    }
  }
}
