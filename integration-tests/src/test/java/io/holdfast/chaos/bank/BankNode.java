package io.holdfast.chaos.bank;

import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.testkit.fault.Client;
import io.holdfast.testkit.fault.Cluster;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A payment node as a process, wherever the cluster has its clients run. For one thread. */
final class BankNode implements Client, AutoCloseable {

  private static final Pattern STOPPED = Pattern.compile("State:\\s+T", Pattern.MULTILINE);

  private final String name;
  private final Host host;
  private final List<String> command;
  private final DatabaseConfig database;
  private final Path folder;
  private ServerProcess process;

  BankNode(String name, Cluster cluster, String uri, DatabaseConfig database, Path folder) {
    this.name = name;
    this.host = cluster.host(name);
    this.database = database;
    this.folder = folder;
    this.command =
        host.command(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                PaymentNode.class.getName(),
                "--connect=" + uri,
                "--db=" + database.url(),
                "--id=" + name,
                "--host=" + host.address(),
                "--shards=" + BankRun.SHARDS,
                "--session-timeout=" + BankRun.SESSION.toSeconds()));
    this.process = launch();
  }

  private ServerProcess launch() {
    Map<String, String> secrets =
        Map.of("HOLDFAST_DB_USER", database.user(), "HOLDFAST_DB_PASSWORD", database.password());
    return ServerProcess.start(name, command, secrets, folder, folder.resolve(name + ".log"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void pause() {
    process.pause();
  }

  @Override
  public void resume() {
    process.resume();
  }

  @Override
  public void start() {
    if (!process.isAlive()) {
      process = launch();
    }
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public boolean isPaused() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      return Files.exists(status) && STOPPED.matcher(Files.readString(status)).find();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + process, e);
    }
  }

  String logTail() {
    return process.logTail(20);
  }

  @Override
  public void close() {
    process.kill();
  }
}
