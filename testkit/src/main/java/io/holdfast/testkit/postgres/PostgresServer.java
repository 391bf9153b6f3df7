package io.holdfast.testkit.postgres;

import io.holdfast.testkit.debian.DebianProgram;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.TemporaryFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL that can be killed, frozen, started again on its data, and copied to a standby.
 * Its databases may be used by many threads; kill and start it from one.
 *
 * <p>Its {@code synchronous_commit} is off by default, as this distribution has it: a commit then
 * returns before it is in the log, and is lost if the server is killed.
 */
public final class PostgresServer implements AutoCloseable {

  /** Who may do everything; there is no password. */
  public static final String USER = "postgres";

  /** Unpacked once for the machine, which takes longer than all else of a start. */
  private static final Path PROGRAM = DebianProgram.cacheFolder().resolve("postgres");

  /** What a new server of this JVM begins with, once there was one; made again takes longer. */
  private static final class NewData {
    private static final TemporaryFolder FOLDER = TemporaryFolder.create("holdfast-postgres-new");
    private static final Path PATH = data(FOLDER);

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(FOLDER::close, "holdfast-end-new-data"));
    }

    static synchronized void keep(Path data) throws IOException {
      if (!Files.exists(PATH)) {
        copy(data, PATH);
      }
    }

    static synchronized boolean give(Path data) throws IOException {
      if (Files.exists(PATH)) {
        copy(PATH, data);
        return true;
      }
      return false;
    }
  }

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TemporaryFolder folder;
  private final String address;
  private final Map<String, String> settings;
  private final int port = FreePorts.find(1).get(0);
  private final AtomicInteger databases = new AtomicInteger();
  private boolean isNew;
  private EmbeddedPostgres server;

  private PostgresServer(TemporaryFolder folder, String address, Map<String, String> settings) {
    this.folder = folder;
    this.address = address;
    this.settings = new LinkedHashMap<>(settings);
    this.server = launch();
  }

  /**
   * Starts one on loopback.
   *
   * @param settings of the server, by name
   */
  public static PostgresServer start(Map<String, String> settings) {
    return start(LOOPBACK, settings);
  }

  /**
   * Starts one that is reached from elsewhere, too.
   *
   * @param address where; whoever shares its network is trusted
   * @param settings of the server, by name
   */
  public static PostgresServer start(String address, Map<String, String> settings) {
    TemporaryFolder folder = TemporaryFolder.create("holdfast-postgres");
    try {
      return new PostgresServer(folder, address, settings);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Starts a standby, which streams what this one writes from now on. Stops this one for a moment:
   * what is copied is at rest.
   *
   * @param name of the standby in {@code synchronous_standby_names}
   */
  public PostgresServer startStandby(String name) {
    closeServer();
    TemporaryFolder copy = TemporaryFolder.create("holdfast-standby");
    try {
      copy(data(), data(copy));
      Files.createFile(data(copy).resolve("standby.signal"));
      Files.writeString(
          data(copy).resolve("postgresql.auto.conf"),
          "primary_conninfo = 'host=%s port=%d user=%s application_name=%s'\n"
              .formatted(LOOPBACK, port, USER, name),
          StandardOpenOption.APPEND);
      server = launch();
      return new PostgresServer(copy, address, settings);
    } catch (IOException e) {
      copy.close();
      throw new UncheckedIOException("the data cannot be copied", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private Path data() {
    return data(folder);
  }

  private static Path data(TemporaryFolder folder) {
    return folder.path().resolve("data");
  }

  private EmbeddedPostgres launch() {
    try {
      if (!Files.exists(data())) {
        isNew = !NewData.give(data());
      }
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(PROGRAM.toFile())
              .setDataDirectory(data())
              .setCleanDataDirectory(false)
              .setDataDirectoryCustomizer(this::admit)
              .setPort(port)
              .setPGStartupWait(PATIENCE);
      if (!address.equals(LOOPBACK)) {
        builder.setServerConfig("listen_addresses", "localhost," + address);
      }
      settings.forEach(builder::setServerConfig);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not start", e);
    }
  }

  /** Trusts those who share the network, standbys too. */
  private void admit(File directory) {
    Path rules = directory.toPath().resolve("pg_hba.conf");
    String rule = "host all all " + address + "/24 trust\n";
    try {
      if (isNew) {
        isNew = false;
        NewData.keep(directory.toPath());
      }
      if (!Files.readString(rules).contains(rule)) {
        Files.writeString(rules, rule, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens; the same after every start. */
  public int port() {
    return port;
  }

  /** The JDBC address of a database, with {@link #USER} in it. */
  public String url(String database) {
    return anonymousUrl(database) + "?user=" + USER;
  }

  /** The same without a user. */
  public String anonymousUrl(String database) {
    return "jdbc:postgresql://" + address + ":" + port + "/" + database;
  }

  /** The JDBC address of a new, empty database. */
  public String freshUrl() {
    String name = "test_" + databases.incrementAndGet();
    run("CREATE DATABASE " + name);
    return url(name);
  }

  /** Executes a statement in the database {@code postgres}. */
  public void run(String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Ends the connections of all clients, and says how many there were. New ones are admitted. */
  public int cutConnections() {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException("connections cannot be ended", e);
    }
  }

  /**
   * SIGKILL, to all of its processes. They are frozen first: one that was born while they are
   * counted would outlive them, and PostgreSQL does not start beside it.
   */
  public void kill() {
    pause();
    List<ProcessHandle> processes = processes();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  /** If any of its processes is. */
  public boolean isAlive() {
    return processes().stream().anyMatch(ProcessHandle::isAlive);
  }

  /** Starts it again on its data after {@link #kill}, at the same port. */
  public void restart() {
    closeServer();
    server = launch();
  }

  /** SIGSTOP, to all of its processes: the one first that makes others. */
  public void pause() {
    signal("-STOP", processes().stream().limit(1).toList());
    signal("-STOP", processes());
  }

  /** SIGCONT. */
  public void resume() {
    signal("-CONT", processes());
  }

  private static void signal(String signal, List<ProcessHandle> processes) {
    List<String> pids = processes.stream().map(each -> Long.toString(each.pid())).toList();
    try {
      Process kill =
          new ProcessBuilder(Stream.concat(Stream.of("kill", signal), pids.stream()).toList())
              .start();
      if (!kill.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("cannot send " + signal + " to PostgreSQL");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The postmaster, as its own file says, and its children. */
  private List<ProcessHandle> processes() {
    try (Stream<String> lines = Files.lines(data().resolve("postmaster.pid"))) {
      long pid = Long.parseLong(lines.findFirst().orElseThrow().trim());
      return ProcessHandle.of(pid).stream()
          .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not seem to run", e);
    }
  }

  private void closeServer() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, and what it has stored. */
  @Override
  public void close() {
    closeServer();
    folder.close();
  }
}
