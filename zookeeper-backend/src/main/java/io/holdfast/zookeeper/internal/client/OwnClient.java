package io.holdfast.zookeeper.internal.client;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** A client made for one session. Curator finds servers and holds the handle. */
public final class OwnClient implements Client {

  private static final int SETTLE_MS = 200;

  private final Context context;
  private final CuratorFramework curator;
  private final ClientSettings settings;
  private Connection.@Nullable Events events;
  private volatile @Nullable ZooKeeper handle;

  public OwnClient(String servers, Duration sessionTimeout, Security security, Context context) {
    this.context = context;
    this.settings = security.settings();
    int timeout = Durations.intMillis(sessionTimeout);
    this.curator =
        CuratorFrameworkFactory.builder()
            .connectString(servers)
            .sessionTimeoutMs(timeout)
            .connectionTimeoutMs(timeout)
            .retryPolicy((retries, elapsed, sleeper) -> false)
            .zookeeperFactory(new SingleHandle(this::event, settings))
            .ensembleTracker(false)
            .maxCloseWaitMs(SETTLE_MS)
            .build();
  }

  @Override
  public void open(Connection.Events listener) {
    events = listener;
    curator.start();
    try {
      handle = curator.getZookeeperClient().getZooKeeper();
    } catch (Exception e) {
      throw new IllegalStateException("no ZooKeeper client: " + e.getMessage(), e);
    }
  }

  private void event(WatchedEvent event) {
    if (event.getType() != Watcher.Event.EventType.None) {
      return;
    }
    Connection.Events listener = Objects.requireNonNull(events);
    switch (event.getState()) {
      case SyncConnected -> context.execute(listener::connected);
      case Disconnected -> context.execute(listener::disconnected);
      case AuthFailed -> context.execute(listener::refused);
      case Expired -> context.execute(listener::expired);
      default -> {}
    }
  }

  @Override
  public ZooKeeper handle() {
    return Objects.requireNonNull(handle, "not open");
  }

  @Override
  public boolean ownsSession() {
    return true;
  }

  @Override
  public int longestAnswer() {
    return settings.longestAnswer();
  }

  @Override
  public Optional<AbandonedSessions.Leftover> leftover() {
    return Optional.of(
        new AbandonedSessions.Leftover(handle().getSessionId(), handle().getSessionPasswd()));
  }

  /**
   * Ends the session at the server if it can be reached. Blocks until it answers or the connection
   * is given up, which takes up to the session time-out.
   */
  @Override
  public void close() {
    curator.close();
    settings.close();
  }
}
