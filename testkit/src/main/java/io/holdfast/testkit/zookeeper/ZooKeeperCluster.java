package io.holdfast.testkit.zookeeper;

import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerGroup;
import io.holdfast.testkit.process.TemporaryFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.zookeeper.Version;

/**
 * A real ZooKeeper ensemble of child processes on loopback: killed, frozen and started again one by
 * one. Servers are counted from 0. For one thread.
 */
public final class ZooKeeperCluster implements ServerGroup {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int TRIES = 3;

  private final Path folder;
  private final List<ZooKeeperServer> servers;
  private final boolean secure;

  private ZooKeeperCluster(Path folder, List<ZooKeeperServer> servers, ServerSettings settings) {
    this.folder = folder;
    this.servers = List.copyOf(servers);
    this.secure = settings.tls().isPresent();
  }

  /** Starts {@code servers} servers, 1 or 3 say, and waits until all serve. */
  public static ZooKeeperCluster start(int servers) {
    return start(servers, ServerSettings.defaults());
  }

  /** Starts {@code servers} servers and waits until all serve. */
  public static ZooKeeperCluster start(int servers, ServerSettings settings) {
    return start(settings, Host.loopback(servers));
  }

  /**
   * Starts servers, each on a host of its own, and waits until all serve.
   *
   * @param hosts one for each server, with the files of this machine
   */
  public static ZooKeeperCluster start(ServerSettings settings, List<Host> hosts) {
    for (int tries = 1; ; tries++) {
      ZooKeeperCluster cluster = prepare(settings, hosts);
      try {
        cluster.servers.forEach(ZooKeeperServer::start);
        cluster.awaitServing();
        return cluster;
      } catch (RuntimeException e) {
        cluster.close();
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private static ZooKeeperCluster prepare(ServerSettings settings, List<Host> hosts) {
    int count = hosts.size();
    List<Integer> free = FreePorts.find(4 * count);
    List<String> members = new ArrayList<>();
    for (int i = 0; count > 1 && i < count; i++) {
      members.add(
          "server.%d=%s:%d:%d;%s:%d"
              .formatted(
                  i + 1,
                  hosts.get(i).address(),
                  free.get(count + i),
                  free.get(2 * count + i),
                  hosts.get(i).address(),
                  free.get(i)));
    }
    Path folder = TemporaryFolder.create("holdfast-zookeeper-").path();
    List<ZooKeeperServer> servers =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    ZooKeeperServer.prepare(
                        folder,
                        i + 1,
                        new Listening(hosts.get(i), free.get(i), free.get(3 * count + i)),
                        members,
                        settings))
            .toList();
    return new ZooKeeperCluster(folder, servers, settings);
  }

  /** Where the clients of server {@code i} connect. */
  public int port(int i) {
    return servers.get(i).port();
  }

  /** As ZooKeeper's own clients want it. */
  public String connectString() {
    return String.join(",", endpoints());
  }

  @Override
  public List<String> endpoints() {
    return servers.stream().map(ZooKeeperServer::endpoint).toList();
  }

  /** As a coordinator wants it; with TLS if the servers speak it. */
  public String uri(String namespace) {
    return secure ? secureUri(namespace) : plainUri(namespace);
  }

  /** Without TLS, even if the servers speak it too. */
  public String plainUri(String namespace) {
    return "zookeeper://" + connectString() + "/" + namespace;
  }

  private String secureUri(String namespace) {
    return servers.stream()
        .map(server -> "127.0.0.1:" + server.securePort())
        .collect(Collectors.joining(",", "zookeeper+tls://", "/" + namespace));
  }

  @Override
  public OptionalInt leader() {
    return IntStream.range(0, servers.size()).filter(i -> servers.get(i).leads()).findFirst();
  }

  /** Waits for a leader and tells which server it is. */
  public int awaitLeader() {
    await("a leader", () -> leader().isPresent());
    return leader().orElseThrow();
  }

  @Override
  public void kill(int i) {
    servers.get(i).kill();
  }

  @Override
  public void pause(int i) {
    servers.get(i).pause();
  }

  @Override
  public void resume(int i) {
    servers.get(i).resume();
  }

  @Override
  public void startAgain(int i) {
    if (!servers.get(i).isRunning()) {
      servers.get(i).start();
    }
  }

  @Override
  public boolean serves(int i) {
    return servers.get(i).serves();
  }

  @Override
  public String version() {
    return Version.getVersion();
  }

  /** Starts it again on its port and data, killing it first if it runs. Does not wait. */
  public void restart(int i) {
    kill(i);
    servers.get(i).start();
  }

  /** Waits until server {@code i} serves clients. */
  public void awaitServing(int i) {
    await("server " + i, servers.get(i)::serves);
  }

  @Override
  public void awaitServing() {
    for (int i = 0; i < servers.size(); i++) {
      awaitServing(i);
    }
  }

  @Override
  public Path dataFolder(int i) {
    return servers.get(i).dataFolder();
  }

  @Override
  public long diskUsed() {
    return new TemporaryFolder(folder).size();
  }

  /** Makes a copy of the data of the server that leads, or of the first if none does. */
  @Override
  public ZooKeeperBackup backUp() {
    Path copy = folder.resolve("backup-" + System.nanoTime());
    new TemporaryFolder(dataFolder(leader().orElse(0))).copyTo(copy);
    return new ZooKeeperBackup(this, copy);
  }

  /** Ends all servers and starts them with a copy of data. */
  void restore(Path copy) {
    servers.forEach(ZooKeeperServer::kill);
    servers.forEach(server -> server.replaceData(copy));
    servers.forEach(ZooKeeperServer::start);
    awaitServing();
  }

  private void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      servers.forEach(ZooKeeperServer::checkNotFailed);
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "no " + what + " within " + PATIENCE + "; the last of the logs:\n" + logTails());
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for " + what);
      }
    }
  }

  private String logTails() {
    return servers.stream().map(ZooKeeperServer::logTail).collect(Collectors.joining("\n---\n"));
  }

  /** Ends every server and deletes every file. Idempotent. */
  @Override
  public void close() {
    servers.forEach(ZooKeeperServer::kill);
    new TemporaryFolder(folder).close();
  }
}
