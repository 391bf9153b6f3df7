package io.holdfast.demo;

import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.testkit.process.ServerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The payment nodes, each a process of its own. */
final class NodeFleet implements AutoCloseable {

  private final DemoCluster cluster;
  private final Map<String, DatabaseConfig> databases;
  private final URI acquirer;
  private final DemoCredentials credentials;
  private final DemoPlan plan;
  private final Path folder;

  /** By id. Used by one thread at a time: the scenario's, then the one that closes. */
  private final Map<String, ServerProcess> running = new TreeMap<>();

  NodeFleet(
      DemoCluster cluster,
      LedgerServer ledger,
      AcquirerProcess acquirer,
      DemoCredentials credentials,
      DemoPlan plan,
      Path folder) {
    this.cluster = cluster;
    this.databases = ledger.databases();
    this.acquirer = acquirer.uri();
    this.credentials = credentials;
    this.plan = plan;
    this.folder = folder;
  }

  void start(String id) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // For a minute's run: better code would cost more time than it saves.
                "-XX:TieredStopAtLevel=1",
                // Without memory it would live on without serving, and hold its shards.
                "-XX:+ExitOnOutOfMemoryError",
                // What a killed node leaves in its folder for temporary files goes with ours.
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                PaymentNode.class.getName(),
                "--connect",
                cluster.uri(),
                "--id",
                id,
                "--shards",
                Integer.toString(plan.shards()),
                "--session-timeout",
                Long.toString(DemoPlan.SESSION.toSeconds()),
                "--acquirer",
                acquirer.toString(),
                // One customer stands for all that pay.
                "--rate-limit",
                "customer=10000"));
    command.addAll(credentials.nodeOptions());
    databases.forEach(
        (name, database) -> command.addAll(List.of("--db", name + "=" + database.url())));
    DatabaseConfig any = databases.values().iterator().next();
    Map<String, String> secrets =
        Map.of(
            "HOLDFAST_DB_USER",
            any.user(),
            "HOLDFAST_DB_PASSWORD",
            any.password(),
            "HOLDFAST_ACQUIRER_KEY",
            AcquirerProcess.KEY);
    running.put(id, ServerProcess.start(id, command, secrets, folder, folder.resolve(id + ".log")));
  }

  /** SIGKILL. */
  void kill(String id) {
    process(id).kill();
    running.remove(id);
  }

  /** SIGSTOP; returns when it stands still. */
  void pause(String id) {
    process(id).pause();
  }

  /** SIGCONT. */
  void resume(String id) {
    process(id).resume();
  }

  long pid(String id) {
    return process(id).pid();
  }

  private ServerProcess process(String id) {
    ServerProcess process = running.get(id);
    if (process == null) {
      throw new IllegalStateException("node " + id + " is not running");
    }
    return process;
  }

  /**
   * Checks that all still run.
   *
   * @throws IllegalStateException with the end of its log if one has ended by itself
   */
  void checkAlive() {
    running.forEach(
        (id, process) -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(
                "node " + id + " has ended by itself; its last words:\n" + process.logTail(15));
          }
        });
  }

  @Override
  public void close() {
    running.values().parallelStream().forEach(ServerProcess::close);
    running.clear();
  }
}
