package io.holdfast.zookeeper.internal.client;

import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import io.holdfast.spi.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.StaticHostProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of ours that we have given up by our own clock, and the servers perhaps have not: an
 * outage of all servers ends no session, and after it each lasts for its whole time-out again. What
 * they held would be in our own way that long.
 *
 * <p>So each is taken up again, by its id and password, as soon as a server is reached, and closed.
 * That is safe: a session is given up when the servers may end it at any moment, and who held by it
 * knows since then that it is over. One that has ended meanwhile cannot be taken up: then there is
 * nothing to do.
 *
 * <p>Used in the context only, but for the thread that does it.
 */
public final class AbandonedSessions {

  private static final Logger LOG = LoggerFactory.getLogger(AbandonedSessions.class);

  /** More than that a client does not lose in one outage. */
  private static final int MOST = 8;

  private static final int MOST_TRIES = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * One of them.
   *
   * @param id as ZooKeeper has it
   * @param password that the servers gave out with it
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  public record Leftover(long id, byte[] password) {}

  private final String servers;
  private final Duration sessionTimeout;
  private final Security security;
  private final Context context;
  private final Deque<Leftover> waiting = new ArrayDeque<>();
  private boolean reached;

  /** How often the first was tried in vain. */
  private int tries;

  private boolean busy;
  private boolean closed;

  public AbandonedSessions(
      String servers, Duration sessionTimeout, Security security, Context context) {
    this.servers = servers;
    this.sessionTimeout = sessionTimeout;
    this.security = security;
    this.context = context;
  }

  /** One more, which no handle serves any longer. */
  public void add(Leftover leftover) {
    waiting.addLast(leftover);
    if (waiting.size() > MOST) {
      waiting.removeFirst();
    }
    next();
  }

  /** A server has taken a connection of ours. */
  public void reached() {
    reached = true;
    next();
  }

  /** A connection of ours broke. */
  public void unreached() {
    reached = false;
  }

  public void close() {
    closed = true;
    waiting.clear();
  }

  private void next() {
    Leftover leftover = waiting.peekFirst();
    if (leftover == null || !reached || busy || closed) {
      return;
    }
    busy = true;
    DaemonThread.start(
        "holdfast-zookeeper-leftover",
        () -> {
          boolean over = end(leftover);
          context.execute(() -> tried(leftover, over));
        });
  }

  private void tried(Leftover leftover, boolean over) {
    busy = false;
    if (over || ++tries >= MOST_TRIES) {
      tries = 0;
      waiting.remove(leftover);
      next();
    } else if (!closed) {
      context.schedule(context.jittered(PAUSE), this::next);
    }
  }

  /** True once the servers do not have the session any more. */
  private boolean end(Leftover leftover) {
    CountDownLatch told = new CountDownLatch(1);
    KeeperState[] state = {KeeperState.Disconnected};
    try (ClientSettings settings = security.settings();
        ZooKeeper handle =
            new ZooKeeper(
                servers,
                Durations.intMillis(sessionTimeout),
                event -> {
                  if (event.getState() == KeeperState.SyncConnected
                      || event.getState() == KeeperState.Expired) {
                    state[0] = event.getState();
                    told.countDown();
                  }
                },
                leftover.id(),
                leftover.password(),
                false,
                new StaticHostProvider(new ConnectStringParser(servers).getServerAddresses()),
                settings)) {
      boolean heard = told.await(Durations.millis(PATIENCE), TimeUnit.MILLISECONDS);
      LOG.debug("old session {}: {}", Long.toHexString(leftover.id()), state[0]);
      return heard && (state[0] == KeeperState.Expired || closed(handle));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IOException | RuntimeException e) {
      LOG.debug("cannot take up old session {}", Long.toHexString(leftover.id()), e);
      return false;
    }
  }

  private static boolean closed(ZooKeeper handle) throws InterruptedException {
    return handle.close(Durations.intMillis(PATIENCE));
  }
}
