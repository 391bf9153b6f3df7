package io.holdfast.transaction.jdbc;

import io.holdfast.testkit.process.TemporaryFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL with accounts in it, that can be killed and started again on its data. */
final class PostgresServer implements AutoCloseable {

  private final TemporaryFolder folder = TemporaryFolder.create("holdfast-postgres");
  private final int prepared;
  private EmbeddedPostgres server;

  /** {@code prepared} is its max_prepared_transactions. */
  PostgresServer(int prepared) {
    this.prepared = prepared;
    this.server = launch(0);
    run(PostgresParticipant.decisionDdl());
    run("CREATE TABLE account (id text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))");
  }

  private Path data() {
    return folder.path().resolve("data");
  }

  private EmbeddedPostgres launch(int port) {
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(folder.path().resolve("program").toFile())
              .setDataDirectory(data())
              .setCleanDataDirectory(false)
              .setServerConfig("max_connections", "100")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_prepared_transactions", Integer.toString(prepared))
              .setPGStartupWait(Duration.ofMinutes(1));
      return (port == 0 ? builder : builder.setPort(port)).start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not start", e);
    }
  }

  String url() {
    return url("postgres");
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database + "?user=postgres";
  }

  DataSource source() {
    return source(url());
  }

  static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setSocketTimeout(20);
    source.setConnectTimeout(5);
    return source;
  }

  void run(String... statements) {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The accounts as they are when a test begins. */
  void put(String account, long balance) {
    run("INSERT INTO account VALUES ('" + account + "', " + balance + ")");
  }

  long balance(String account) {
    return Long.parseLong(
        strings("SELECT balance FROM account WHERE id = '" + account + "'").get(0));
  }

  List<String> prepared() {
    return strings("SELECT gid FROM pg_prepared_xacts");
  }

  List<String> strings(String query) {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** SIGKILL, to all of its processes. */
  void kill() {
    List<ProcessHandle> processes = processes();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  /** Starts it again on its data, at the same port. */
  void restart() {
    int port = server.getPort();
    closeServer();
    server = launch(port);
  }

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
    folder.close();
  }
}
