package io.holdfast.chaos.bank;

import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.ProcessClient;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A payment node as a process, wherever the cluster has its clients run. For one thread. */
final class BankNode extends ProcessClient {

  private final List<String> command;
  private final DatabaseConfig any;
  private final Path folder;

  BankNode(
      String name,
      Cluster cluster,
      String uri,
      Map<String, DatabaseConfig> databases,
      BankAcquirer acquirer,
      Path folder) {
    super(name);
    Host host = cluster.host(name);
    this.any = databases.values().iterator().next();
    this.folder = folder;
    List<String> java =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path")));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--connect=" + uri,
                "--id=" + name,
                "--bind=" + host.address(),
                "--shards=" + BankRun.SHARDS,
                "--session-timeout=" + BankRun.SESSION.toSeconds(),
                "--acquirer=" + acquirer.uri(),
                "--insecure-open"));
    databases.forEach((called, database) -> arguments.add("--db=" + called + "=" + database.url()));
    java.addAll(BankProgram.command(acquirer, arguments));
    this.command = host.command(java);
    start();
  }

  @Override
  protected ServerProcess launch() {
    Map<String, String> secrets =
        Map.of(
            "HOLDFAST_DB_USER",
            any.user(),
            "HOLDFAST_DB_PASSWORD",
            any.password(),
            "HOLDFAST_ACQUIRER_KEY",
            BankAcquirer.KEY);
    return ServerProcess.start(name(), command, secrets, folder, folder.resolve(name() + ".log"));
  }
}
