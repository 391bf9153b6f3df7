package io.holdfast.testkit.postgres;

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
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A pooler in transaction mode in front of a PostgreSQL: a session of the server belongs to a
 * client for one transaction, and for another client after that. Its connections are few, and are
 * called by two names, so that one kind of work does not have to wait for the other.
 */
public final class PgBouncer implements AutoCloseable {

  private static final Duration START_BOUND = Duration.ofSeconds(30);

  private final TemporaryFolder folder = TemporaryFolder.create("holdfast-pgbouncer");
  private final int port = FreePorts.find(1).get(0);
  private final ServerProcess process;

  private PgBouncer(Path program, PostgresServer server, String database, int connections) {
    Path settings = folder.path().resolve("pgbouncer.ini");
    String target =
        "host=127.0.0.1 port=%d dbname=%s user=%s pool_size=%d"
            .formatted(server.port(), database, PostgresServer.USER, connections);
    try {
      Files.writeString(
          settings,
          """
          [databases]
          work = %s
          control = %s
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = any
          pool_mode = transaction
          max_client_conn = 200
          ignore_startup_parameters = extra_float_digits
          """
              .formatted(target, target, port));
    } catch (IOException e) {
      folder.close();
      throw new UncheckedIOException(e);
    }
    // It refuses to run as root; in a user namespace of its own it is nobody.
    List<String> command =
        System.getProperty("user.name").equals("root")
            ? List.of("unshare", "-U", program.toString(), settings.toString())
            : List.of(program.toString(), settings.toString());
    process =
        ServerProcess.start("pgbouncer", command, folder.path(), folder.path().resolve("log"));
    Awaitility.await().atMost(START_BOUND).until(this::serves);
  }

  /**
   * Starts one, and waits until it serves.
   *
   * @param connections to the server, for each of the two names
   * @throws io.holdfast.testkit.debian.ProgramNotFoundException if there is none and none can be
   *     fetched, in one line that says what to install
   */
  public static PgBouncer start(PostgresServer server, String database, int connections)
      throws InterruptedException {
    Path program = DebianProgram.get("pgbouncer", "pgbouncer").file();
    return new PgBouncer(program, server, database, connections);
  }

  private boolean serves() {
    if (!process.isAlive()) {
      throw new IllegalStateException("pgbouncer did not come up: " + process.logTail(20));
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The JDBC address for work; named statements are off, which a pooler mixes up. */
  public String workUrl() {
    return url("work");
  }

  /** The JDBC address for ending branches. */
  public String controlUrl() {
    return url("control");
  }

  private String url(String name) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&prepareThreshold=0"
        .formatted(port, name, PostgresServer.USER);
  }

  @Override
  public void close() {
    process.close();
    folder.close();
  }
}
