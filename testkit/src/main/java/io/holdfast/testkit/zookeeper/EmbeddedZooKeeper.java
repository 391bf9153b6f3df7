package io.holdfast.testkit.zookeeper;

import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.TemporaryFolder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Properties;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.jspecify.annotations.Nullable;

/**
 * One real ZooKeeper server inside this JVM, on loopback, over Netty.
 *
 * <p>ZooKeeper keeps some settings for the whole JVM: of several at a time, the one started last
 * decides how often all that start later look for empty containers.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TRIES = 3;

  private final Path folder;
  private final boolean temporary;
  private final ServerSettings settings;
  private int port;

  /** Guarded by this; null while stopped. */
  private @Nullable ZooKeeperServerEmbedded server;

  private EmbeddedZooKeeper(Path folder, boolean temporary, int port, ServerSettings settings) {
    this.folder = folder;
    this.temporary = temporary;
    this.port = port;
    this.settings = settings;
  }

  /** Starts one on a free port, with data that vanish on {@link #close}. */
  public static EmbeddedZooKeeper start() {
    return start(ServerSettings.defaults());
  }

  /** Starts one on a free port, with data that vanish on {@link #close}. */
  public static EmbeddedZooKeeper start(ServerSettings settings) {
    for (int tries = 1; ; tries++) {
      EmbeddedZooKeeper zookeeper =
          new EmbeddedZooKeeper(
              TemporaryFolder.create("holdfast-zookeeper-").path(),
              true,
              FreePorts.find(1).get(0),
              settings);
      try {
        zookeeper.run();
        return zookeeper;
      } catch (IllegalStateException e) {
        zookeeper.close();
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Starts one on the data in {@code folder}, which exists and is kept. */
  public static EmbeddedZooKeeper start(Path folder, int port, ServerSettings settings) {
    EmbeddedZooKeeper zookeeper = new EmbeddedZooKeeper(folder, false, port, settings);
    zookeeper.run();
    return zookeeper;
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** As ZooKeeper's own clients want it: {@code 127.0.0.1:port}. */
  public String connectString() {
    return "127.0.0.1:" + port;
  }

  /** As a coordinator wants it. */
  public String uri(String namespace) {
    return "zookeeper://" + connectString() + "/" + namespace;
  }

  /** Stops it; clients see their connections break. Its data stay. Idempotent. */
  public synchronized void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Stops it if it runs, and starts it again on the same port and data. */
  public synchronized void restart() {
    stop();
    run();
  }

  /**
   * Ends a client's session on the server's side, as if its time had run out.
   *
   * @param session its {@code Session.id()}, which begins with ZooKeeper's number of the session
   * @throws IllegalStateException if no such session is connected
   */
  public void expire(String session) {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    String number = "0x" + Long.toHexString(HexFormat.fromHexDigitsToLong(session, 0, 16));
    try {
      Set<ObjectName> connections =
          beans.queryNames(
              new ObjectName("org.apache.ZooKeeperService:name3=" + number + ",*"), null);
      if (connections.isEmpty()) {
        throw new IllegalStateException("no connection of session " + number);
      }
      for (ObjectName connection : connections) {
        beans.invoke(connection, "terminateSession", new Object[0], new String[0]);
      }
    } catch (JMException e) {
      throw new IllegalStateException("cannot end session " + number, e);
    }
  }

  private synchronized void run() {
    Properties properties = new Properties();
    properties.setProperty("tickTime", Long.toString(settings.tick().toMillis()));
    settings
        .leastTimeout()
        .ifPresent(
            least -> properties.setProperty("minSessionTimeout", Long.toString(least.toMillis())));
    properties.setProperty("clientPortAddress", "127.0.0.1");
    properties.setProperty("clientPort", Integer.toString(port));
    properties.setProperty("maxClientCnxns", "0");
    properties.setProperty("admin.enableServer", "false");
    properties.setProperty("4lw.commands.whitelist", "ruok,srvr,stat,conf,wchs");
    properties.setProperty(
        "serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
    // ZooKeeper reads this one nowhere else.
    System.setProperty(
        "znode.container.checkIntervalMs", Long.toString(settings.containerCheck().toMillis()));
    try {
      server =
          ZooKeeperServerEmbedded.builder()
              .baseDir(folder)
              .configuration(properties)
              .exitHandler(ExitHandler.LOG_ONLY)
              .build();
      server.start(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ZooKeeper started", e);
    } catch (Exception e) {
      throw new IllegalStateException("ZooKeeper does not start on port " + port, e);
    }
    if (FourLetterWords.mode(Host.LOOPBACK.address(), port).isEmpty()) {
      throw new IllegalStateException("ZooKeeper does not serve on port " + port);
    }
  }

  /** Stops it and removes what is temporary. Idempotent. */
  @Override
  public void close() {
    stop();
    if (temporary) {
      new TemporaryFolder(folder).close();
    }
  }
}
