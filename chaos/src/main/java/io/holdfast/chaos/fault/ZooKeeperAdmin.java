package io.holdfast.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** {@link StoreAdmin} of ZooKeeper, with a client of its own for each piece of work. */
record ZooKeeperAdmin(List<String> endpoints) implements StoreAdmin {

  /** What any of them can do. */
  static final Set<Capability> CAN = Set.of(Capability.END_SESSIONS, Capability.REAP_CONTAINERS);

  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final int ANY_VERSION = -1;

  /** Of a node that no session owns; less than that of a container. */
  private static final long NOBODY = 0;

  /** What ZooKeeper's servers make the password of a session of, in every release. */
  private static final long SERVERS_SECRET = 0xB3415C00L;

  private interface Work<T> {
    T with(ZooKeeper client) throws KeeperException, InterruptedException;
  }

  /** A session with the name of its owner, and its number. */
  private record Found(String session, String owner, long number) {}

  @Override
  public Map<String, String> sessions(String namespace) {
    return with(client -> found(client, namespace)).stream()
        .collect(Collectors.toMap(Found::session, Found::owner));
  }

  private static List<Found> found(ZooKeeper client, String namespace)
      throws KeeperException, InterruptedException {
    List<Found> found = new ArrayList<>();
    for (String session : client.getChildren(folder(namespace), false)) {
      Stat stat = new Stat();
      String text =
          new String(
              client.getData(folder(namespace) + "/" + session, false, stat),
              StandardCharsets.UTF_8);
      found.add(new Found(session, SessionText.owner(text), stat.getEphemeralOwner()));
    }
    return found;
  }

  private static String folder(String namespace) {
    return "/" + namespace + "/sessions";
  }

  @Override
  public List<String> endSessions(String namespace, String owner) {
    return with(
        client -> {
          List<String> ended = new ArrayList<>();
          for (Found each : found(client, namespace)) {
            if (each.owner().startsWith(owner)) {
              end(each.number());
              ended.add(each.session());
            }
          }
          return List.copyOf(ended);
        });
  }

  /** Joins a session under its number and password, and closes it. */
  private void end(long session) {
    byte[] password = new byte[16];
    new Random(session ^ SERVERS_SECRET).nextBytes(password);
    try {
      CountDownLatch connected = new CountDownLatch(1);
      try (ZooKeeper intruder =
          new ZooKeeper(connectString(), millis(), watch(connected), session, password)) {
        await(connected);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public long position() {
    return with(
        client -> {
          client.setData("/zookeeper/quota", new byte[0], ANY_VERSION);
          Stat stat = client.exists("/zookeeper/quota", false);
          return stat == null ? 0 : stat.getMzxid();
        });
  }

  @Override
  public int tidy(String namespace) {
    return with(client -> reap(client, "/" + namespace + "/locks"));
  }

  /** The deepest first, as those above may be empty after that. */
  private static int reap(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    int reaped = 0;
    try {
      for (String child : client.getChildren(path, false)) {
        reaped += reap(client, path + "/" + child);
      }
      Stat stat = client.exists(path, false);
      if (stat != null && stat.getEphemeralOwner() <= NOBODY && stat.getNumChildren() == 0) {
        client.delete(path, ANY_VERSION);
        reaped++;
      }
    } catch (KeeperException.NoNodeException | KeeperException.NotEmptyException e) {
      return reaped;
    }
    return reaped;
  }

  private <T> T with(Work<T> work) {
    CountDownLatch connected = new CountDownLatch(1);
    try (ZooKeeper client = new ZooKeeper(connectString(), millis(), watch(connected))) {
      await(connected);
      return work.with(client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (KeeperException e) {
      throw new IllegalStateException("administering ZooKeeper: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private String connectString() {
    return String.join(",", endpoints);
  }

  private static int millis() {
    return Math.toIntExact(SESSION.toMillis());
  }

  private static Watcher watch(CountDownLatch connected) {
    return event -> {
      if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
        connected.countDown();
      }
    };
  }

  private static void await(CountDownLatch connected) throws InterruptedException {
    if (!connected.await(SESSION.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("no connection to ZooKeeper within " + SESSION);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while administering ZooKeeper", e);
  }

  @Override
  public Set<Capability> capabilities() {
    return CAN;
  }
}
