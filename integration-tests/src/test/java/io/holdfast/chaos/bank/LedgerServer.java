package io.holdfast.chaos.bank;

import io.holdfast.payment.ledger.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL that can be killed, started again on its data, and frozen. For one thread.
 *
 * <p>Its {@code synchronous_commit} is off by default, as this distribution has it: a commit then
 * returns before it is in the log, and is lost if the server is killed. The ledger has to ask for
 * better by itself.
 */
final class LedgerServer implements AutoCloseable {

  private static final String USER = "postgres";
  private static final String CONNECTIONS = "200";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final String address;
  private EmbeddedPostgres server;

  private LedgerServer(Path folder, String address) {
    this.folder = folder;
    this.address = address;
    this.server = launch(0);
  }

  /**
   * Starts one.
   *
   * @param folder where all of it goes
   * @param address where it is reached
   */
  static LedgerServer start(Path folder, String address) {
    return new LedgerServer(folder, address);
  }

  private Path data() {
    return folder.resolve("postgres-data");
  }

  private EmbeddedPostgres launch(int port) {
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(folder.resolve("postgres").toFile())
              .setDataDirectory(data())
              .setCleanDataDirectory(false)
              .setDataDirectoryCustomizer(this::admit)
              .setServerConfig("max_connections", CONNECTIONS)
              .setServerConfig("max_prepared_transactions", "100")
              .setPGStartupWait(PATIENCE);
      if (!address.equals(LOOPBACK)) {
        builder.setServerConfig("listen_addresses", "localhost," + address);
      }
      if (port != 0) {
        builder.setPort(port);
      }
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not start", e);
    }
  }

  /** Trusts those who share the run's network. */
  private void admit(File directory) {
    Path rules = directory.toPath().resolve("pg_hba.conf");
    String rule = "host all all " + address + "/24 trust\n";
    try {
      if (!Files.readString(rules).contains(rule)) {
        Files.writeString(rules, rule, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  DatabaseConfig config() {
    return DatabaseConfig.of(
        "jdbc:postgresql://" + address + ":" + server.getPort() + "/postgres", USER, USER);
  }

  /**
   * SIGKILL, to all of its processes. They are frozen first: one that was born while they are
   * counted would outlive them, and PostgreSQL does not start beside it.
   */
  void kill() {
    pause();
    List<ProcessHandle> processes = processes();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  boolean isAlive() {
    return processes().stream().anyMatch(ProcessHandle::isAlive);
  }

  /** Starts it again on its data, at the same port. */
  void restart() {
    int port = server.getPort();
    closeServer();
    server = launch(port);
  }

  /** SIGSTOP, to all of its processes. */
  void pause() {
    signal("-STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    List<String> pids = processes().stream().map(each -> Long.toString(each.pid())).toList();
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

  @Override
  public void close() {
    closeServer();
  }
}
