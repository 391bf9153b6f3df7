package io.holdfast.testkit.zookeeper;

import io.holdfast.testkit.process.ServerProcess;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One server of a {@link ZooKeeperCluster}: its files and, while it runs, its process. */
final class ZooKeeperServer {

  private static final String QUIET_LOG =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
        </appender>
        <root level="INFO"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final Path folder;
  private final int number;
  private final Listening listening;
  private final ServerSettings settings;
  private @Nullable ServerProcess process;
  private boolean ended = true;

  private ZooKeeperServer(Path folder, int number, Listening listening, ServerSettings settings) {
    this.folder = folder;
    this.number = number;
    this.listening = listening;
    this.settings = settings;
  }

  /** Writes the files of server {@code number}. Without members it stands alone. */
  static ZooKeeperServer prepare(
      Path parent, int number, Listening listening, List<String> members, ServerSettings settings) {
    Path folder = parent.resolve("server-" + number);
    List<String> lines = new ArrayList<>();
    lines.add("dataDir=" + folder.resolve("data"));
    lines.add("tickTime=" + settings.tick().toMillis());
    settings.leastTimeout().ifPresent(least -> lines.add("minSessionTimeout=" + least.toMillis()));
    lines.add("initLimit=20");
    lines.add("syncLimit=" + settings.syncLimit());
    lines.add("maxClientCnxns=0");
    lines.add("autopurge.purgeInterval=1");
    lines.add("admin.enableServer=false");
    lines.add("4lw.commands.whitelist=ruok,srvr,stat,conf,wchs");
    lines.add("standaloneEnabled=true");
    if (members.isEmpty()) {
      lines.add("clientPortAddress=" + listening.host().address());
      lines.add("clientPort=" + listening.port());
    }
    lines.addAll(members);
    lines.addAll(SecurityFiles.configuration(folder, listening.securePort(), settings));
    try {
      Files.createDirectories(folder.resolve("data"));
      writeNumber(folder, number);
      Files.write(folder.resolve("zoo.cfg"), lines);
      Files.writeString(folder.resolve("logback.xml"), QUIET_LOG);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare a ZooKeeper server", e);
    }
    return new ZooKeeperServer(folder, number, listening, settings);
  }

  Path dataFolder() {
    return folder.resolve("data");
  }

  /** In place of its data, a copy of those of any server. It must not run. */
  void replaceData(Path copy) {
    TemporaryFolder data = new TemporaryFolder(dataFolder());
    data.close();
    new TemporaryFolder(copy).copyTo(data.path());
    writeNumber(folder, number);
  }

  private static void writeNumber(Path folder, int number) {
    try {
      Files.writeString(folder.resolve("data/myid"), Integer.toString(number));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot number a ZooKeeper server", e);
    }
  }

  int port() {
    return listening.port();
  }

  String endpoint() {
    return listening.host().address() + ":" + listening.port();
  }

  /** Where it speaks TLS, if it does. */
  int securePort() {
    return listening.securePort();
  }

  /** With certificates as they are now. */
  void start() {
    try {
      SecurityFiles.write(folder, settings);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write certificates for a ZooKeeper server", e);
    }
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        List.of(
            java.toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
            "-Dzookeeper.jmx.log4j.disable=true",
            "-Dzookeeper.fastleader.maxNotificationInterval=1000",
            "-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
            "-Dznode.container.checkIntervalMs=" + settings.containerCheck().toMillis(),
            "-Djava.security.auth.login.config=" + folder.resolve(SecurityFiles.USERS),
            "-cp",
            System.getProperty("java.class.path"),
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            folder.resolve("zoo.cfg").toString());
    process =
        ServerProcess.start(
            "zookeeper server " + number,
            listening.host().command(command),
            folder,
            folder.resolve("server.log"));
    ended = false;
  }

  boolean isRunning() {
    return !ended && running().isAlive();
  }

  boolean serves() {
    return !ended && FourLetterWords.mode(listening.host().address(), listening.port()).isPresent();
  }

  boolean leads() {
    return !ended
        && FourLetterWords.mode(listening.host().address(), listening.port())
            .filter(mode -> mode.equals("leader") || mode.equals("standalone"))
            .isPresent();
  }

  void kill() {
    if (process != null) {
      process.kill();
    }
    ended = true;
  }

  void pause() {
    running().pause();
  }

  void resume() {
    running().resume();
  }

  /** Fails if it ended by itself, because its port was taken, say. */
  void checkNotFailed() {
    if (!ended && !running().isAlive()) {
      throw new IllegalStateException("zookeeper server " + number + " ended:\n" + logTail());
    }
  }

  String logTail() {
    return process == null ? "(never started)" : process.logTail(20);
  }

  private ServerProcess running() {
    if (process == null) {
      throw new IllegalStateException("zookeeper server " + number + " was never started");
    }
    return process;
  }
}
