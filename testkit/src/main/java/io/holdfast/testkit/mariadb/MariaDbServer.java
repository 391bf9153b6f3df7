package io.holdfast.testkit.mariadb;

import io.holdfast.testkit.debian.DebianProgram;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.ServerProcess;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * One MariaDB server as a child process, on a free port of loopback, with an empty data folder of
 * its own. It is the machine's, or out of Debian's package, which is fetched and not installed.
 *
 * <p>What was committed or prepared survives {@link #kill} and {@link #restart}: the operating
 * system keeps what the server has written. Databases of one server may be used by many threads;
 * kill and restart it from one.
 */
public final class MariaDbServer implements AutoCloseable {

  private static final Duration START_BOUND = Duration.ofMinutes(1);
  private static final List<String> SYSTEM_TABLES =
      List.of("mysql_system_tables.sql", "mysql_system_tables_data.sql");

  private final Path program;
  private final Path share;
  private final List<String> options;
  private final TemporaryFolder folder;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();
  private ServerProcess process;

  private MariaDbServer(
      DebianProgram program, List<String> options, TemporaryFolder folder, int port) {
    this.program = program.file();
    this.share = program.root().resolve("usr/share/mysql");
    this.options = List.copyOf(options);
    this.folder = folder;
    this.port = port;
    layOut();
    this.process = launch();
  }

  /**
   * Starts one, and waits until it serves.
   *
   * @param options further ones of the server's, such as {@code --innodb-snapshot-isolation=ON}
   * @throws io.holdfast.testkit.debian.ProgramNotFoundException if there is none and none can be
   *     fetched, in one line that says what to install
   */
  public static MariaDbServer start(String... options) throws InterruptedException {
    DebianProgram program = DebianProgram.get("mariadbd", "mariadb-server-core");
    TemporaryFolder folder = TemporaryFolder.create("holdfast-mariadb-");
    try {
      return new MariaDbServer(program, List.of(options), folder, FreePorts.find(1).get(0));
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** One for all tests of the JVM that leave it alone; started by the first, ends with the JVM. */
  public static MariaDbServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final MariaDbServer SERVER = startForAll();

    private static MariaDbServer startForAll() {
      try {
        MariaDbServer server = start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "holdfast-end-mariadb"));
        return server;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while MariaDB was started", e);
      }
    }
  }

  /** The JDBC address of a new, empty database of its own. */
  public String freshUrl() {
    return url("test_" + databases.incrementAndGet());
  }

  /** The JDBC address of a database, which is made if it is not there, for a user who may all. */
  public String url(String database) {
    return "jdbc:mariadb://127.0.0.1:"
        + port
        + "/"
        + database
        + "?user=root&createDatabaseIfNotExist=true";
  }

  /** SIGKILL. */
  public void kill() {
    process.kill();
  }

  /** Starts it again after {@link #kill}, at the same address and with what it knew. */
  public void restart() {
    process = launch();
  }

  /** Ends it, and what it has stored. */
  @Override
  public void close() {
    process.close();
    folder.close();
  }

  private List<String> command(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + folder.path().resolve("data"),
                "--lc-messages-dir=" + share,
                "--character-sets-dir=" + share.resolve("charsets"),
                "--plugin-dir=" + folder.path(),
                "--innodb-use-native-aio=OFF",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=16M"));
    command.addAll(List.of(more));
    return command;
  }

  /** What the script that comes with the package does, without the programs that do not. */
  private void layOut() {
    try {
      Files.createDirectory(folder.path().resolve("data"));
      StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\n");
      for (String name : SYSTEM_TABLES) {
        sql.append(Files.readString(share.resolve(name))).append('\n');
      }
      Path input = Files.writeString(folder.path().resolve("bootstrap.sql"), sql);
      Process bootstrap =
          new ProcessBuilder(command("--bootstrap"))
              .redirectErrorStream(true)
              .redirectInput(input.toFile())
              .redirectOutput(log().toFile())
              .start();
      boolean ended = bootstrap.waitFor(START_BOUND.toSeconds(), TimeUnit.SECONDS);
      bootstrap.destroyForcibly();
      if (!ended || bootstrap.exitValue() != 0) {
        throw new IllegalStateException(
            "MariaDB made no system tables: " + Files.readString(log()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("MariaDB made no system tables", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while MariaDB was started", e);
    }
  }

  private ServerProcess launch() {
    List<String> command =
        command(
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--socket=" + folder.path().resolve("socket"),
            "--pid-file=" + folder.path().resolve("pid"),
            "--skip-name-resolve",
            "--max-connections=200",
            "--innodb-flush-log-at-trx-commit=2");
    command.addAll(options);
    ServerProcess started = ServerProcess.start("mariadbd", command, folder.path(), log());
    Awaitility.await().atMost(START_BOUND).until(() -> serves(started));
    return started;
  }

  private boolean serves(ServerProcess started) {
    if (!started.isAlive()) {
      throw new IllegalStateException("MariaDB did not come up: " + started.logTail(20));
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Path log() {
    return folder.path().resolve("log");
  }
}
